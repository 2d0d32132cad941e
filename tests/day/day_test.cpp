// SPDX-License-Identifier: Apache-2.0
// The day of `retimu simulate faults` in a minute, into a live pipeline that is killed, stopped,
// reloaded, paused, told things and starved of disk, while its files are rotated and its senders
// die. At the end everything that was promised was judged once, nothing was told twice, the faults
// were found, and a replay says the same. Prints what was done and what came of it.
#include "retimu/core/random.hpp"
#include "retimu/simulator/world_score.hpp"
#include "tests/day/day_senders.hpp"
#include "tests/day/day_world.hpp"
#include "tests/support/live_pipeline.hpp"

#include <numeric>

namespace retimu {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 1;
constexpr auto wall_time = 72s;
constexpr int kills_at_random = 7;

class Day : public Live {
 protected:
  Day()
      : world_(make_day(folder_, seed)),
        clock_(world_.begin, world_.end, wall_time),
        log_(clock_),
        poster_(http_, clock_, log_),
        readings_(folder_.path("log/metrics.jsonl"), folder_.path("away.jsonl"), clock_, log_),
        lines_(folder_.path("log/system.log"), folder_.path("away.log"), clock_, log_),
        syslog_sender_(syslog_, clock_) {
    std::filesystem::create_directory(folder_.path("log"));
    write_day("");
  }

  void write_day(const std::string& more) {
    write_pipeline(
        fmt::format("[[source]]\ntype = \"http\"\nlisten = \"127.0.0.1:{}\"\nentity = \"host\"\n"
                    "time = \"ts\"\nalarm = \"alarm_code\"\n"
                    "[[source]]\ntype = \"file\"\npath = \"log/metrics.jsonl\"\nfollow = true\n"
                    "entity = \"host\"\ntime = \"ts\"\n"
                    "[[source]]\ntype = \"file\"\npath = \"log/system.log\"\nfollow = true\n"
                    "format = \"log\"\nentity = \"host\"\n"
                    "[[source]]\ntype = \"syslog\"\ntcp = \"127.0.0.1:{}\"\nentity = \"host\"\n",
                    http_, syslog_),
        "[topology]\nfile = \"world/edges.csv\"\n"
        "[[rule]]\nname = \"full\"\nexpr = \"disk > 95\"\nfor = \"5m\"\n" +
            more);
  }

  // Another process beside the one that runs, whose output lies elsewhere.
  Outcome at_desk(std::vector<std::string> words, const std::string& desk) const {
    std::filesystem::create_directory(folder_.path(desk));
    words[1] = "../" + words[1];
    return run_program({std::move(words), folder_.path(desk)});
  }
  Counts judged_of_each(const std::string& desk = "desk") const {
    const Outcome outcome = at_desk({"inspect", "state", "--json", "--entities", "1000000"}, desk);
    return judged_of(outcome.output);
  }

  void begin_process() { process_ = start({"--log-level", "info"}, full_disk("")); }
  std::string said() const { return folder_.read(".errors"); }
  bool says(const std::string& what) const {
    return comes_within(20s, [&] { return said().find(what) != std::string::npos; });
  }
  void kill() {
    log_.tell("SIGKILL, and a start");
    ++kills_;
    process_->signal(SIGKILL);
    const Outcome outcome = process_->wait();
    EXPECT_TRUE(outcome.was_killed) << outcome.errors;
    all_said_ += outcome.errors;
    begin_process();
  }
  void restart() {
    EXPECT_TRUE(says("info started"));
    log_.tell("SIGTERM, and a start");
    ++restarts_;
    finish();
    begin_process();
  }
  void finish() {
    process_->signal(SIGTERM);
    EXPECT_TRUE(process_->ends_within(20s));
    const Outcome outcome = process_->wait();
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    all_said_ += outcome.errors;
  }
  void ask(std::vector<std::string> what, const std::string& applied) {
    log_.tell(fmt::format("control {}", fmt::join(what, " ")));
    what.insert(what.begin(), {"control", "state"});
    const Outcome outcome = at_desk(what, "desk");
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_TRUE(comes_within(
        20s,
        [&] {
          return at_desk({"control", "state", "--list"}, "desk").output.find(applied) !=
                 std::string::npos;
        }))
        << applied << at_desk({"control", "state", "--list"}, "desk").output;
  }
  void reload(const std::string& more, const std::string& answer) {
    write_day(more);
    process_->signal(SIGHUP);
    EXPECT_TRUE(says(answer)) << said();
    log_.tell("SIGHUP: " + answer);
  }
  void fill_disk() {
    log_.tell("the disk is full");
    folder_.write("full", "");
    EXPECT_TRUE(comes_within(20s, [&] { return count("cannot be kept") > 0; }));
    std::this_thread::sleep_for(2s);
    std::filesystem::remove(folder_.path("full"));
    log_.tell("there is room again");
  }
  // The first raised alert of one of the entities at or after a time; of any if there are none.
  std::string alert_of(const std::vector<std::string>& entities, Time from) const {
    std::istringstream lines(folder_.read("alerts.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const ToldAlert told = told_alert(line);
      if (told.change == "raised" && told.time >= from && told.lead != "health" &&
          (entities.empty() || std::ranges::find(entities, told.entity) != entities.end())) {
        return told.id;
      }
    }
    ADD_FAILURE() << "no alert of " << fmt::format("{}", fmt::join(entities, ", "));
    return {};
  }

  void send_all();
  void live_through();
  void report_records();
  void report_alerts();

  DayWorld world_;
  DayClock clock_;
  DayLog log_;
  DayPoster poster_;
  DayWriter readings_, lines_;
  DaySyslog syslog_sender_;
  std::vector<std::thread> senders_;
  std::unique_ptr<Process> process_;
  std::string all_said_;
  int kills_ = 0, restarts_ = 0;
};

void Day::send_all() {
  const auto is_judged = [this](const std::string& entity) {
    return comes_within(20s, [&] { return judged_of_each("readings_desk").contains(entity); });
  };
  const auto at = [this](double hours) { return clock_.at(hours); };
  senders_.emplace_back([this, at] { poster_.run(world_.posted, at(10.9), at(12.1)); });
  senders_.emplace_back([this, at, is_judged] {
    const std::vector<PlannedFate> fates = {
        {at(2.3), FileFate::renamed},         {at(4.8), FileFate::copied_and_cut},
        {at(7.4), FileFate::renamed},         {at(9.1), FileFate::moved_away, hour},
        {at(13.1), FileFate::copied_and_cut}, {at(17.3), FileFate::renamed},
        {at(19), FileFate::copied_and_cut},   {at(22.9), FileFate::renamed}};
    readings_.run(world_.readings, fates, is_judged);
  });
  senders_.emplace_back([this, at, is_judged] {
    const std::vector<PlannedFate> fates = {{at(1.6), FileFate::renamed},
                                            {at(5.9), FileFate::renamed},
                                            {at(8.3), FileFate::renamed},
                                            {at(11.5), FileFate::renamed},
                                            {at(15.4), FileFate::moved_away, hour / 2},
                                            {at(18.2), FileFate::renamed},
                                            {at(21.6), FileFate::renamed}};
    lines_.run(world_.lines, fates, is_judged);
  });
  senders_.emplace_back([this] { syslog_sender_.run(world_.messages); });
}

// What the operator, and ill luck, do at which hour.
void Day::live_through() {
  const WorldLabel& worked_on = world_.maintained;
  const auto text = [](Time time) { return format_time(time); };
  std::multimap<double, std::function<void()>> plan = {
      {3.1, [&] { restart(); }},
      {4.2,
       [&] {
         reload("[[sink]]\ntype = \"jsonl\"\npath = \"more.jsonl\"\n",
                "reloaded, asked by SIGHUP; changed: sinks");
       }},
      {5.4,
       [&] {
         reload("[alerts]\nthreshold = 6\n", "goes on as it was");
         write_day("");
       }},
      {6.5,
       [&] {
         ask({"--false-alarm", alert_of({}, world_.begin)}, "false alarm of");
       }},
      {9.0,
       [&] {
         ask({"--confirmed", alert_of(world_.confirmed.entities, world_.confirmed.begin)},
             "confirmed");
       }},
      {9.6, [&] { kill(); }},  // while a file is away
      {12.6, [&] { restart(); }},
      {13.7, [&] { ask({"--pause"}, "pause"); }},
      {14.3,
       [&] {
         kill();
         EXPECT_TRUE(says("paused")) << said();
       }},
      {14.9, [&] { ask({"--resume"}, "resume"); }},
      {world_.hours_at(worked_on.begin) - 0.6,
       [&] {
         ask({"--maintenance", worked_on.entities[0], "--from", text(worked_on.begin - 10 * minute),
              "--to", text(worked_on.end + hour), "--reason", "new bearing"},
             "maintenance of");
       }},
      {20.2, [&] { fill_disk(); }},
      {22.3, [&] { restart(); }}};
  Random random(seed);
  for (int i = 0; i < kills_at_random; ++i) {
    plan.emplace(0.5 + static_cast<double>(random.below(1'900)) / 100, [&] { kill(); });
  }
  plan.emplace(21 + static_cast<double>(random.below(250)) / 100, [&] { kill(); });
  for (const auto& [hours, act] : plan) {
    clock_.wait_until(hours);
    if (process_->ends_within(0ms)) {
      ADD_FAILURE() << "it ended: " << process_->wait().errors;
      return;
    }
    act();
  }
}

void Day::report_records() {
  const Counts found = judged_of_each();
  Counts expected = readings_.counts();
  Counts sent_again;  // of what was taken without an answer: known again where it is a reading
  for (const auto& [entity, count] : lines_.counts()) expected[entity] += count;
  int acknowledged = 0, unanswered = 0, taken_of_unanswered = 0, refused = 0;
  for (std::size_t i = 0; i < poster_.tries().size(); ++i) {
    const DayPoster::Try& one = poster_.tries()[i];
    const std::string name = DayPoster::name_of(i);
    const int times = found.contains(name) ? found.at(name) : 0;
    const bool is_taken = one.answer == DayPoster::Answer::taken;
    acknowledged += is_taken ? 1 : 0;
    refused += one.answer == DayPoster::Answer::refused ? 1 : 0;
    const bool is_unanswered = one.answer == DayPoster::Answer::none;
    EXPECT_TRUE(is_unanswered ? times <= 1 : times == (is_taken ? 1 : 0)) << name;
    unanswered += is_unanswered ? 1 : 0;
    taken_of_unanswered += is_unanswered ? times : 0;
    if (times == 0) continue;
    expected[name] = 1;
    for (const auto& [entity, count] : one.counts) {
      expected[entity] += count;
      if (is_unanswered) sent_again[entity] += count;
    }
  }
  int all = 0, lost = 0, twice = 0, messages = 0;
  for (const auto& [entity, count] : expected) {
    const int times = found.contains(entity) ? found.at(entity) : 0;
    const int least = count - (sent_again.contains(entity) ? sent_again.at(entity) : 0);
    EXPECT_TRUE(times >= least && times <= count) << entity << ": " << times << " of " << count;
    all += count;
    lost += std::max(0, least - times);
    twice += std::max(0, times - count);
  }
  for (const auto& [entity, sent] : syslog_sender_.counts()) {
    const int times = found.contains(entity) ? found.at(entity) : 0;
    EXPECT_LE(times, sent) << entity;
    messages += times;
  }
  const auto sum = [](const Counts& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0,
                           [](int so_far, const auto& one) { return so_far + one.second; });
  };
  fmt::print("\n{} kills, {} restarts\n", kills_, restarts_);
  fmt::print("written to followed files   {:>7} records\n",
             sum(readings_.counts()) + sum(lines_.counts()));
  fmt::print(
      "HTTP                        {:>7} batches acknowledged, {} refused, {} without an "
      "answer, of which {} were taken\n",
      acknowledged, refused, unanswered, taken_of_unanswered);
  fmt::print("promised                    {:>7} records: {} lost, {} judged twice\n", all, lost,
             twice);
  fmt::print("syslog, nothing promised    {:>7} messages sent, {} judged\n",
             sum(syslog_sender_.counts()), messages);
  EXPECT_EQ(folder_.read("state/dead_letters.jsonl"), "");
}

void Day::report_alerts() {
  int told = 0, raised = 0, of_itself = 0, in_maintenance = 0;
  std::istringstream lines(folder_.read("alerts.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const ToldAlert alert = told_alert(line);
    ++told;
    raised += alert.change == "raised" ? 1 : 0;
    of_itself += alert.entity == "retimu" ? 1 : 0;
    in_maintenance += alert.entity == world_.maintained.entities[0] &&
                              alert.time >= world_.maintained.begin - 10 * minute &&
                              alert.time < world_.maintained.end + hour
                          ? 1
                          : 0;
  }
  EXPECT_EQ(in_maintenance, 0);
  std::filesystem::copy_file(folder_.path("alerts.jsonl"), folder_.path("world/alerts.jsonl"));
  const Result<WorldScore> score = score_world_folder(folder_.path("world"));
  ASSERT_TRUE(score) << score.error().message;
  std::string missed;
  for (const WorldOutcome& one : score->outcomes) {
    if (!one.alert) missed += " " + one.label.fault;
  }
  EXPECT_GE(10 * score->found, 8 * (score->outcomes.size() - 1)) << missed;
  const std::vector<std::string> twice = told_twice();
  fmt::print("alerts                      {:>7} told, {} raised, {} of itself, {} told twice\n",
             told, raised, of_itself, twice.size());
  fmt::print("faults                      {:>7} of {} found; not told:{}; {} false alerts\n",
             score->found, score->outcomes.size(), missed, score->false_alerts.size());
  fmt::print("maintenance of {:<12} {:>7} told\n", world_.maintained.entities[0], in_maintenance);
  for (const Alert& alert : score->false_alerts) {
    fmt::print("  false  {}  {}\n", format_time(alert.time), alert.sentence);
  }
  EXPECT_EQ(twice, std::vector<std::string>());
}

TEST_F(Day, NothingIsLostAndNothingIsToldTwice) {
  begin_process();
  send_all();
  live_through();
  for (std::thread& sender : senders_) sender.join();
  log_.tell("all is sent");
  EXPECT_TRUE(comes_within(30s, [&, before = Counts()]() mutable {
    const Counts now = judged_of_each();
    std::this_thread::sleep_for(1s);
    return now == std::exchange(before, now);
  }));
  finish();
  judge_as_recorded();
  fmt::print("seed {}, a day in {} s\n", seed, wall_time.count());
  for (const std::string& line : log_.lines()) fmt::print("{}\n", line);
  report_records();
  report_alerts();
  fmt::print("digest of the data_dir      {}\ndigest of the replay        {}\n", digest_of_state(),
             digest_of_replay());
  expect_replay_says_the_same();
  if (HasFailure()) fmt::print("\nIt said:\n{}\n", all_said_);
}

}  // namespace
}  // namespace retimu
