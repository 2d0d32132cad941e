// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/picture.hpp"

#include "retimu/evaluation/gnuplot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace retimu {

namespace {

// Okabe and Ito's colours, which people tell apart who see red and green alike.
constexpr std::string_view blue = "#0072B2", sky = "#56B4E9", orange = "#E69F00", red = "#D55E00",
                           grey = "#555555", green = "#009E73", purple = "#CC79A7";
constexpr std::size_t entities_max = 3;  // whose evidence is drawn
constexpr int width = 1'400, panel_height = 175, frame_height = 120;
constexpr double span_least = 0.002;  // of the axis, that a shaded episode takes

constexpr std::string_view key_above =
    "set key at graph 1, graph 1.2 right top horizontal samplen 2 font \",10\"\n";

double seconds(Time time) { return static_cast<double>(time) / static_cast<double>(second); }

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : "NaN";
}

// "pressure of pump1 (bar)"
std::string title_of(const DrawnColumn& column, std::string_view unit) {
  std::string title = column.column;
  if (!column.entity.empty()) title += " of " + column.entity;
  if (!unit.empty()) title += fmt::format(" ({})", unit);
  return title;
}

class Script {
 public:
  Script(const DrawnSeries& series, const PictureOptions& options)
      : series_(series), options_(options), columns_(series.most_unusual(options.columns_max)) {
    for (const std::size_t column : columns_) {
      const std::string& name = series.columns()[column].entity;
      if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
    }
    has_messages_ = series.has_lines() || series.has_alarms();
    panels_ = columns_.size() + 1 + (has_messages_ ? 1 : 0);
  }

  std::string text() {
    begin();
    for (const std::size_t column : columns_) add_column(series_.columns()[column]);
    add_evidence();
    if (has_messages_) add_messages();
    add("unset multiplot\n");
    return std::move(text_);
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
  }

  double middle_of(std::size_t stretch) const {
    return seconds(series_.begin() + static_cast<Time>(stretch) * series_.stretch() +
                   series_.stretch() / 2);
  }
  double left() const { return seconds(series_.begin()); }
  double right() const {
    return std::max(seconds(series_.end() + series_.stretch()), left() + 1e-3);
  }

  std::string time_format() const {
    const double span = right() - left();
    if (span < 180) return "%H:%M:%S";
    if (span < 2.5 * 86'400) return "%H:%M";
    return span < 200 * 86'400 ? "%d %b" : "%b %Y";
  }

  // Whose titles tell what the colours mean, once for all panels.
  void begin() {
    const int height = frame_height + static_cast<int>(panels_) * panel_height;
    if (options_.path.ends_with(".svg")) {
      add("set terminal svg size {},{} font \"DejaVu Sans,13\" background \"white\"\n", width,
          height);
    } else {
      add("set terminal pngcairo size {},{} font \"DejaVu Sans,11\" background \"white\"\n", width,
          height);
    }
    std::string quoted;
    for (const char c : options_.path) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    add("set output '{}'\n", quoted);
    add("set termoption noenhanced\nset encoding utf8\nset datafile missing 'NaN'\n");
    add("set multiplot title {} font \",14\" offset 0,-0.3\n", gnuplot_text(options_.title));
    right_edge_ = series_.has_alarms() ? 0.935 : 0.985;  // names of severities stand there
    add("set lmargin at screen 0.075\nset rmargin at screen {}\n", right_edge_);
    add("set border 3 lc rgb \"{0}\"\nset tics nomirror out scale 0.5 tc rgb \"{0}\"\n", grey);
    add("set grid xtics ytics lc rgb \"#DDDDDD\" lt 1 lw 0.6\n");
    add("set style fill solid 1 noborder\n");
    add("set xrange [{:.3f}:{:.3f}]\n", left(), right());
    if (!options_.has_row_times) add("set xdata time\n");
    add("set format x \"\"\nset ytics nomirror font \",9\"\nset autoscale y\nset offsets 0,0,graph "
        "0.06,graph "
        "0.06\n");
  }

  // The next panel from above; the last one has the axis of time.
  void begin_panel(std::string_view title) {
    const double height = frame_height + static_cast<double>(panels_) * panel_height;
    const double head = 62 / height, each = panel_height / height;
    const double top = 1 - head - static_cast<double>(panel_) * each - 26 / height;
    const double bottom = 1 - head - static_cast<double>(panel_ + 1) * each + 8 / height;
    ++panel_;
    add("unset object\nunset label\nunset arrow\nunset key\n");
    add("set tmargin at screen {:.4f}\nset bmargin at screen {:.4f}\n", top, bottom);
    add("set label 1 {} at graph 0, graph 1 offset 0,0.7 left font \",11\"\n", gnuplot_text(title));
    if (panel_ == 1) {
      add("set key at screen {},{:.4f} right top horizontal maxrows 1 samplen 2 font \",10\"\n",
          right_edge_, 1 - 34 / height);
    }
    if (panel_ < panels_) return;
    if (options_.has_row_times) {
      add("set format x \"%.0f\"\nset xlabel \"record\"\n");
      return;
    }
    const std::string from = format_time(series_.begin()).substr(0, 10);
    const std::string to = format_time(series_.end()).substr(0, 10);
    add("set format x \"{}\"\nset xlabel {}\n", time_format(),
        gnuplot_text(from == to ? fmt::format("time of {} (UTC)", from)
                                : fmt::format("time, {} to {} (UTC)", from, to)));
  }

  // Episodes of the entity as bands behind what is drawn.
  void shade(std::string_view name) {
    const auto entity = std::ranges::find(series_.entities(), name, &DrawnEntity::name);
    if (entity == series_.entities().end()) return;
    const std::vector<DrawnJudgement>& stretches = entity->stretches;
    const double half = seconds(series_.stretch()) / 2;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      if (!stretches[i].is_anomalous) continue;
      const std::size_t first = i;
      while (i + 1 < stretches.size() &&
             (stretches[i + 1].is_anomalous || std::isnan(stretches[i + 1].excess))) {
        ++i;
      }
      const double from = middle_of(first) - half;
      const double to = std::max(middle_of(i) + half, from + span_least * (right() - left()));
      add("set object rectangle from first {:.3f}, graph 0 to first {:.3f}, graph 1 fc rgb \"{}\" "
          "fs transparent solid 0.28 noborder behind\n",
          from, to, orange);
    }
  }

  void add_column(const DrawnColumn& column) {
    const std::string unit = options_.unit_of ? options_.unit_of(column.column) : "";
    begin_panel(title_of(column, unit));
    shade(column.entity);
    add("$readings << EOD\n");
    for (std::size_t i = 0; i < column.stretches.size(); ++i) {
      const DrawnReading& one = column.stretches[i];
      if (std::isnan(one.low)) continue;
      add("{:.3f} {} {} {} {} {} {} {}\n", middle_of(i), number(one.low), number(one.high),
          number(one.usual_low), number(one.usual_high), number(one.unusual),
          number(one.expected_low), number(one.expected_high));
    }
    add("EOD\n");
    add("plot $readings using ($1):4:5 with filledcurves fc rgb \"{}\" fs transparent solid 0.35 "
        "title \"usual range\", \\\n"
        "  '' using ($1):2:3 with filledcurves fc rgb \"{}\" title \"\", \\\n"
        "  '' using ($1):2 with lines lc rgb \"{}\" lw 1.1 title \"reading\", \\\n"
        "  '' using ($1):3 with lines lc rgb \"{}\" lw 1.1 title \"\", \\\n"
        "  '' using ($1):7:(0):($8-$7) with vectors heads size screen 0.003,90 lw 1.8 lc rgb "
        "\"{}\" "
        "title \"expected by the detector\", \\\n"
        "  '' using ($1):($7==$8?$7:NaN) with points pt 1 ps 0.8 lc rgb \"{}\" title \"\", \\\n"
        "  '' using ($1):6 with points pt 7 ps 0.7 lc rgb \"{}\" title \"unusual\", \\\n"
        "  NaN with boxes fc rgb \"{}\" fs transparent solid 0.4 title \"alert\"\n",
        sky, blue, blue, blue, green, green, red, orange);
  }

  void add_evidence() {
    begin_panel("evidence: decades above what raises an alert");
    constexpr std::array colours = {purple, green, grey};
    std::string plots =
        fmt::format("0 with lines dt 2 lw 1.4 lc rgb \"{}\" title \"threshold\"", red);
    std::size_t drawn = 0;
    for (const std::string& name : names_) {
      if (drawn == std::min(entities_max, colours.size())) break;
      const auto entity = std::ranges::find(series_.entities(), name, &DrawnEntity::name);
      if (entity == series_.entities().end()) continue;
      add("$evidence{} << EOD\n", drawn);
      for (std::size_t i = 0; i < entity->stretches.size(); ++i) {
        const double excess = entity->stretches[i].excess;
        if (!std::isnan(excess)) add("{:.3f} {}\n", middle_of(i), number(excess));
      }
      add("EOD\n");
      plots += fmt::format(", $evidence{} using ($1):($2) with lines lw 1.1 lc rgb \"{}\" title {}",
                           drawn, colours[drawn], gnuplot_text(name.empty() ? "all" : name));
      ++drawn;
    }
    // The evidence of a gross fault has hundreds of decades; what matters lies near the threshold.
    add("set yrange [-8:20]\n{}", key_above);
    add("plot {}\nset autoscale y\n", plots);
  }

  void add_messages() {
    const bool has_both = series_.has_lines() && series_.has_alarms();
    begin_panel(has_both              ? "log messages a minute; alarms of other systems"
                : series_.has_lines() ? "log messages a minute"
                                      : "alarms of other systems");
    const double a_minute = 60 / seconds(series_.stretch());
    add("$messages << EOD\n");
    for (std::size_t i = 0; i < series_.messages().size(); ++i) {
      const DrawnMessages& one = series_.messages()[i];
      const auto severity =
          one.alarm > Severity::cleared ? static_cast<double>(one.alarm) : no_value;
      add("{:.3f} {} {} {}\n", middle_of(i), number(static_cast<double>(one.lines) * a_minute),
          number(static_cast<double>(one.bad_lines) * a_minute), number(severity));
    }
    add("EOD\n{}", key_above);
    std::string plots;
    if (series_.has_lines()) {
      add("set yrange [0:*]\n");
      plots = fmt::format(
          "$messages using ($1):2 with lines lc rgb \"{}\" title \"all lines\", '' using ($1):3 "
          "with lines lc rgb \"{}\" title \"warnings and worse\"",
          grey, red);
    }
    if (series_.has_alarms()) {
      if (has_both) plots += ", ";
      add("set y2range [0:5.5]\nset y2tics (\"warning\" 2, \"minor\" 3, \"major\" 4, \"critical\" "
          "5) font \",9\"\n");
      plots += fmt::format(
          "$messages using ($1):4 axes x1y2 with points pt 9 ps 1 lc rgb \"{}\" title \"alarm\"",
          purple);
    }
    add("plot {}\n", plots);
  }

  const DrawnSeries& series_;
  const PictureOptions& options_;
  std::vector<std::size_t> columns_;
  std::vector<std::string> names_;  // of the entities of the columns
  bool has_messages_ = false;
  double right_edge_ = 1;
  std::size_t panels_ = 0, panel_ = 0;
  std::string text_;
};

}  // namespace

Result<void> check_picture_path(const std::string& path) {
  if (path.ends_with(".png") || path.ends_with(".svg")) return {};
  return failure(Fault::usage, "--plot: {} must end with .png or .svg", path);
}

std::string picture_script(const DrawnSeries& series, const PictureOptions& options) {
  return Script(series, options).text();
}

Result<void> draw_picture(const DrawnSeries& series, const PictureOptions& options) {
  if (series.columns().empty() && !series.has_lines() && !series.has_alarms()) {
    return failure(Fault::input, "{}: there is nothing to draw", options.path);
  }
  return run_gnuplot(picture_script(series, options)).map([](const std::string&) {});
}

std::string text_plot_script(const DrawnSeries& series, std::size_t column, std::string_view unit,
                             TextSize size) {
  const DrawnColumn& drawn = series.columns()[column];
  constexpr std::size_t characters_a_tick = 16;
  const double span = seconds(series.end()) - seconds(series.begin());
  const double tick =
      span / static_cast<double>(std::max<std::size_t>(size.width / characters_a_tick, 1));
  std::string text = fmt::format(
      "set terminal dumb nofeed size {},{} noenhanced\nset encoding utf8\nset datafile missing "
      "'NaN'\nset xdata time\nset format x \"%H:%M:%S\"\nset tics nomirror\nset border 3\n"
      "unset key\nset tmargin 1\nset bmargin 1.5\nset rmargin 6\nset xtics {:.3f},{:.3f}\n"
      "set title {} offset 0,-0.5\n$readings << EOD\n",
      size.width, size.height, seconds(series.begin()), std::max(tick, 1.0),
      gnuplot_text(title_of(drawn, unit)));
  for (std::size_t i = 0; i < drawn.stretches.size(); ++i) {
    const DrawnReading& one = drawn.stretches[i];
    if (std::isnan(one.low)) continue;
    const double time = seconds(series.begin() + static_cast<Time>(i) * series.stretch());
    text += fmt::format("{:.3f} {} {}\n", time, number(one.high), number(one.unusual));
  }
  return text +
         "EOD\nplot $readings using ($1):2 with lines lt 1, '' using ($1):3 with points pt 4\n";
}

}  // namespace retimu
