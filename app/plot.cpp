// SPDX-License-Identifier: Apache-2.0
#include "app/plot.hpp"

#include "app/process.hpp"
#include "retimu/evaluation/gnuplot.hpp"
#include "retimu/evaluation/picture.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>

namespace retimu::app {

namespace {

constexpr std::size_t stretches_max = 2'400;  // of a picture: more than it has pixels across
constexpr std::size_t columns_max = 1'000;    // that are looked at: 100 MB

Result<void> check_writable(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "ab");
  if (file == nullptr) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(errno));
  }
  std::fclose(file);
  return {};
}

std::string title_of(const std::string& what, const DrawnSeries& series, std::uint64_t alerts,
                     std::size_t columns_drawn) {
  std::string title = fmt::format("{}: {} alert{}", what, alerts, alerts == 1 ? "" : "s");
  const std::uint64_t all = series.columns().size() + series.columns_left_out();
  if (all > columns_drawn) {
    title += fmt::format(", the {} most unusual of {} columns", columns_drawn, all);
  }
  if (series.columns_left_out() > 0) {
    title += fmt::format(" ({} not looked at)", series.columns_left_out());
  }
  return title;
}

}  // namespace

int serve_with_plot(const Configuration& configuration, ServiceOptions options, bool json,
                    const PlotFile& plot) {
  const Result<void> ready = check_picture_path(plot.path).and_then(find_gnuplot).and_then([&] {
    return check_writable(plot.path);
  });
  if (!ready) return report(ready.error());
  DrawnSeries series(stretches_max, columns_max);
  PictureOptions picture;
  picture.path = plot.path;
  picture.unit_of = [&](std::string_view column) {
    const auto at = configuration.columns.find(std::string(column));
    return at == configuration.columns.end() ? std::string() : at->second.unit;
  };
  std::uint64_t alerts = 0;
  options.seen = [&](const Seen& seen) {
    series.take(seen.round, seen.told, seen.columns);
    picture.has_row_times = seen.has_row_times;
    for (const Alert& alert : seen.told) alerts += alert.change == Change::raised ? 1 : 0;
  };
  const int exit_code = serve(configuration, std::move(options), json);
  if (exit_code != ExitCode::done) return exit_code;
  picture.title =
      title_of(plot.what, series, alerts, std::min(picture.columns_max, series.columns().size()));
  const Result<void> drawn = draw_picture(series, picture);
  return drawn ? exit_code : report(drawn.error());
}

}  // namespace retimu::app
