// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/picture.hpp"

#include "retimu/evaluation/plot_parts.hpp"
#include "retimu/evaluation/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double width = 980, head = 92, panel_width = 482, panel_height = 212, left = 82;
constexpr PlotLane readings_lane{.left = 0, .top = 24, .width = 396, .height = 78};
constexpr PlotLane evidence_lane{.left = 0, .top = 112, .width = 396, .height = 56};
constexpr double shown_thresholds = 2;    // the evidence lane ends at so many
constexpr std::size_t places = 150;       // of a line
constexpr Extent pressure_shown{4.2, 6};  // bar
// The flow has no axis of its own: so much of it is drawn at the height of so much pressure.
constexpr double flow_usual = 18, flow_height = 5.65;  // l/s, bar
constexpr double bar_of_flow = 0.1;                    // for 1 l/s

constexpr std::string_view style = R"(<style>
text { font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
.title { font-size: 17px; font-weight: 600; } .name { font-size: 14px; font-weight: 600; }
.small { fill: #57606a; } .tick { font-size: 11px; fill: #57606a; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.paper { fill: #ffffff; stroke: #d0d7de; } .frame { fill: none; stroke: #d0d7de; }
.fault { fill: #f5a623; stroke: #f5a623; stroke-width: 2; opacity: 0.35; }
.reading { fill: none; stroke: #0969da; } .flow { fill: none; stroke: #8250df; }
.low { stop-color: #8c959f; } .high { stop-color: #cf222e; }
.evidence { fill: url(#by_threshold); stroke: url(#by_threshold); }
.threshold { stroke: #24292f; stroke-dasharray: 5 3; fill: none; } .alert { fill: #cf222e; }
.seen { fill: #1a7f37; } .missed { fill: #6e7781; } .partly { fill: #9a6700; }
.word { fill: #ffffff; font-weight: 600; text-anchor: middle; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small, .tick { fill: #9da7b3; }
.paper { fill: #0d1117; stroke: #30363d; } .frame { stroke: #30363d; }
.fault { opacity: 0.3; } .reading { stroke: #58a6ff; } .flow { stroke: #b083f0; }
.low { stop-color: #7d8590; } .high { stop-color: #ff6a62; } .alert { fill: #ff6a62; }
.threshold { stroke: #e6edf3; }
.seen { fill: #238636; } .missed { fill: #57606a; } .word { fill: #ffffff; }
}
</style>
)";

std::string text_at(double x, double y, std::string_view kind, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, kind,
                     escape_html(text));
}

std::string frame_of(const PlotLane& lane) {
  return fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                     lane.left, lane.top, lane.width, lane.height);
}

std::string threshold_line(double x, double y, double length) {
  return fmt::format("<path class=\"threshold\" d=\"M{} {}h{}\"/>\n", x, y, length);
}

std::string alert_mark(double x, double y) {
  return fmt::format("<path class=\"alert\" d=\"M{:.1f} {}h10l-5 8z\"/>\n", x - 5, y);
}

std::string badge(const Trial& trial) {
  const std::string_view kind = trial.seen == draws ? "seen"
                                : trial.seen == 0   ? "missed"
                                                    : "partly";
  constexpr double badge_width = 84, x = readings_lane.width - badge_width;
  return fmt::format(
             "<rect class=\"{}\" x=\"{}\" y=\"-15\" width=\"{}\" height=\"19\" "
             "rx=\"9\"/>\n",
             kind, x, badge_width) +
         text_at(x + badge_width / 2, -1, "word", word_of(trial));
}

std::string tick(const PlotLane& lane, double y, std::string_view text) {
  return text_at(lane.left - 6, std::round(y) + 4, "tick end", text);
}

std::string readings_of(const Trial& trial) {
  const std::size_t rows = trial.rows.rows();
  const auto line = [&](std::string_view kind, const ValueOfRow& bar) {
    return line_of(extents_of(rows, places, bar), readings_lane, pressure_shown, kind);
  };
  const auto y = [](double bar) { return height_of(readings_lane, pressure_shown, bar); };
  std::string text = bands_of(trial.labels, readings_lane, "fault");
  text += line("reading", [&](std::size_t i) { return trial.rows.row(i)[pressure]; });
  if (trial.fault->kind == MadeFault::Kind::parted) {
    text += line("flow", [&](std::size_t i) {
      return flow_height + bar_of_flow * (trial.rows.row(i)[flow] - flow_usual);
    });
    text += tick(readings_lane, y(flow_height), fmt::format("flow {} l/s", flow_usual));
    text += tick(readings_lane, y(5), "5 bar");
  } else {
    for (const double bar : {4.5, 5.0, 5.5}) {
      text += tick(readings_lane, y(bar), fmt::format("{} bar", bar));
    }
  }
  return text + frame_of(readings_lane);
}

std::string evidence_of(const Trial& trial, double threshold) {
  const Extent shown{0, shown_thresholds * threshold};
  const std::size_t rows = trial.rows.rows();
  std::vector<Extent> extents = extents_of(
      rows, places, [&](std::size_t i) { return std::clamp(trial.evidence[i], 0.0, shown.high); });
  for (Extent& extent : extents) extent.low = extent.high;
  // The ends lie on the axis, so that the area under the line is closed by it.
  extents.front() = extents.back() = {0, 0};
  std::string text = bands_of(trial.labels, evidence_lane, "fault");
  text += line_of(extents, evidence_lane, shown, "evidence");
  const double y = height_of(evidence_lane, shown, threshold);
  text += threshold_line(0, y, evidence_lane.width);
  for (std::size_t i = 0; i < rows; ++i) {
    if (trial.alerts[i] == 0) continue;
    text += alert_mark(place_of(evidence_lane, i, rows), evidence_lane.top - 9);
  }
  const double foot = evidence_lane.top + evidence_lane.height;
  text += tick(evidence_lane, evidence_lane.top + 3, fmt::format("≥{:.0f}", shown.high));
  text += tick(evidence_lane, y, fmt::format("{:.1f} decades", threshold));
  text += tick(evidence_lane, foot - 3, "0");
  for (std::size_t i = 0; i <= shown_rows; i += rows_of_day) {
    text += text_at(place_of(evidence_lane, i, shown_rows), foot + 14, "tick middle",
                    fmt::format("{}{}", i == 0 ? "day " : "", i / rows_of_day));
  }
  return text + frame_of(evidence_lane);
}

std::string legend(double threshold) {
  constexpr double y = 72;
  const auto sample = [](std::string_view kind, double x) {
    return fmt::format("<path class=\"{}\" stroke-width=\"2\" d=\"M{} {}h22\"/>\n", kind, x, y - 4);
  };
  const auto patch = [](std::string_view what, double x) {
    return fmt::format("<rect {} x=\"{}\" y=\"{}\" width=\"22\" height=\"12\"/>\n", what, x,
                       y - 10);
  };
  std::string text = sample("reading", 18) + text_at(46, y, "small", "pressure");
  text += sample("flow", 116) + text_at(144, y, "small", "flow, where it matters");
  text += patch("class=\"fault\"", 296) + text_at(324, y, "small", "the fault");
  text += patch("fill=\"url(#key)\"", 398);
  text += text_at(426, y, "small", "evidence in decades, red above");
  text += threshold_line(626, y - 4, 22);
  text += text_at(654, y, "small", fmt::format("the threshold, {:.1f} decades", threshold));
  text += alert_mark(846, y - 8);
  return text + text_at(858, y, "small", "an alert begins");
}

// Red from the threshold up. The shapes that it fills are not moved, so it is told once.
std::string gradients() {
  const auto gradient = [](std::string_view id, double from, double to) {
    return fmt::format(
        "<linearGradient id=\"{}\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"{}\" "
        "y2=\"{}\"><stop class=\"high\" offset=\"0.5\"/><stop class=\"low\" offset=\"0.5\"/>"
        "</linearGradient>\n",
        id, from, to);
  };
  return gradient("by_threshold", evidence_lane.top, evidence_lane.top + evidence_lane.height) +
         gradient("key", 62, 74);
}

}  // namespace

std::string to_picture(std::string_view detector, const Trials& trials) {
  const std::size_t lines = (trials.trials.size() + 1) / 2;
  const double height = head + static_cast<double>(lines) * panel_height + 6;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\">\n<title>{2}: what it sees and what it misses</title>\n",
      width, height, escape_html(detector));
  text += style;
  text += gradients();
  text += fmt::format(
      "<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
      width - 1, height - 1);
  text += text_at(18, 30, "title", fmt::format("{}: what it sees and what it misses", detector));
  text += text_at(18, 50, "small",
                  fmt::format("Upper: readings of a pump every 5 minutes, after four usual weeks; "
                              "the first of {} draws. "
                              "Lower: how sure this detector alone is that something is wrong.",
                              draws));
  text += legend(trials.threshold);
  for (std::size_t i = 0; i < trials.trials.size(); ++i) {
    const Trial& trial = trials.trials[i];
    text += fmt::format("<g transform=\"translate({} {})\">\n",
                        left + static_cast<double>(i % 2) * panel_width,
                        head + static_cast<double>(i / 2) * panel_height + 20);
    text += text_at(0, 0, "name", trial.fault->name);
    text += text_at(0, 16, "small", trial.fault->story);
    text += badge(trial) + readings_of(trial) + evidence_of(trial, trials.threshold) + "</g>\n";
  }
  return text + "</svg>\n";
}

}  // namespace retimu
