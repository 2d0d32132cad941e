// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/catalogue.hpp"

#include "retimu/detectors/adwin.hpp"
#include "retimu/detectors/alarm_burst.hpp"
#include "retimu/detectors/alarm_severity.hpp"
#include "retimu/detectors/ddm.hpp"
#include "retimu/detectors/eddm.hpp"
#include "retimu/detectors/event_count.hpp"
#include "retimu/detectors/gap_novelty.hpp"
#include "retimu/detectors/half_space_trees.hpp"
#include "retimu/detectors/isolation_forest.hpp"
#include "retimu/detectors/level_share.hpp"
#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/detectors/mahalanobis.hpp"
#include "retimu/detectors/mewma.hpp"
#include "retimu/detectors/moving_average.hpp"
#include "retimu/detectors/new_template.hpp"
#include "retimu/detectors/page_hinkley.hpp"
#include "retimu/detectors/parameter_value.hpp"
#include "retimu/detectors/pca.hpp"
#include "retimu/detectors/peer_group.hpp"
#include "retimu/detectors/prediction_error.hpp"
#include "retimu/detectors/quietness.hpp"
#include "retimu/detectors/random_cut_forest.hpp"
#include "retimu/detectors/range_learned.hpp"
#include "retimu/detectors/rare_alarm.hpp"
#include "retimu/detectors/rate_of_change.hpp"
#include "retimu/detectors/rolling_deviation.hpp"
#include "retimu/detectors/seasonal_profile.hpp"
#include "retimu/detectors/sequence_novelty.hpp"
#include "retimu/detectors/silence.hpp"
#include "retimu/detectors/stuck_at.hpp"
#include "retimu/detectors/template_count.hpp"

#include <algorithm>
#include <array>

namespace retimu {

std::span<const DetectorEntry> detector_catalogue() {
  static const std::array entries{
      moving_average_entry(),
      rolling_deviation_entry(),
      half_space_trees_entry(),
      linear_prediction_entry(),
      gap_novelty_entry(),
      stuck_at_entry(),
      rate_of_change_entry(),
      range_learned_entry(),
      seasonal_profile_entry(),
      page_hinkley_entry(),
      adwin_entry(),
      ddm_entry(),
      eddm_entry(),
      prediction_error_entry(),
      mewma_entry(),
      mahalanobis_entry(),
      quietness_entry(),
      pca_entry(),
      isolation_forest_entry(),
      random_cut_forest_entry(),
      peer_group_entry(),
      new_template_entry(),
      template_count_entry(),
      parameter_value_entry(),
      sequence_novelty_entry(),
      level_share_entry(),
      rare_alarm_entry(),
      alarm_burst_entry(),
      alarm_severity_entry(),
      silence_entry(),
      event_count_entry(),
  };
  return entries;
}

const DetectorEntry* find_detector(std::string_view name) {
  const std::span<const DetectorEntry> entries = detector_catalogue();
  const auto at = std::ranges::find(entries, name, &DetectorEntry::name);
  return at == entries.end() ? nullptr : &*at;
}

}  // namespace retimu
