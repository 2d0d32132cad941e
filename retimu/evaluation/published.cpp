// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/published.hpp"

#include <array>

namespace retimu {

namespace {

constexpr std::string_view nab_board = "NAB's scoreboard";
constexpr std::string_view skab_board = "SKAB's leaderboard, all 34 files";
constexpr std::string_view tsb = "TSB-AD-M, its own choice of series, cuts and tuning";

constexpr std::string_view drain =
    "Zhu et al. 2019, 2,000 lines, expressions and parameters for each system";

constexpr std::array list = {
    Published{"nab", "ARTime", "nab_standard", 74.9, nab_board},
    Published{"nab", "ARTime", "nab_low_fp", 65.1, nab_board},
    Published{"nab", "ARTime", "nab_low_fn", 80.4, nab_board},
    Published{"nab", "CAD OSE", "nab_standard", 69.9, nab_board},
    Published{"nab", "CAD OSE", "nab_low_fp", 67.0, nab_board},
    Published{"nab", "CAD OSE", "nab_low_fn", 73.2, nab_board},
    Published{"nab", "Numenta HTM", "nab_standard", 70.5, nab_board},
    Published{"nab", "random cut forest", "nab_standard", 51.7, nab_board},
    Published{"nab", "relative entropy", "nab_standard", 54.64, nab_board},
    Published{"nab", "windowed Gaussian", "nab_standard", 39.65, nab_board},
    Published{"nab", "random", "nab_standard", 11.0, nab_board},
    Published{"skab", "Conv-AE", "skab_f1", 0.78, skab_board},
    Published{"skab", "Conv-AE", "skab_far", 13.55, skab_board},
    Published{"skab", "T2+Q", "skab_f1", 0.76, skab_board},
    Published{"skab", "isolation forest", "skab_f1", 0.29, skab_board},
    Published{"skab", "MSCRED", "skab_change_standard", 32.42, skab_board},
    Published{"smd", "PCA", "vus_pr", 0.364, tsb},
    Published{"smap", "KMeansAD", "vus_pr", 0.380, tsb},
    Published{"msl", "KMeansAD", "vus_pr", 0.435, tsb},
    Published{"tables", "isolation forest, http", "auc_roc", 0.999, "ADBench, that table alone"},
    Published{"tables", "isolation forest, shuttle", "auc_roc", 0.998, "ADBench, that table alone"},
    Published{"tables", "isolation forest, mammography", "auc_roc", 0.864,
              "ADBench, that table alone"},
    Published{"tables", "isolation forest, satellite", "auc_roc", 0.671,
              "ADBench, that table alone"},
    Published{"loghub", "Drain", "Android", 0.911, drain},
    Published{"loghub", "Drain", "Apache", 1, drain},
    Published{"loghub", "Drain", "BGL", 0.9625, drain},
    Published{"loghub", "Drain", "HDFS", 0.9975, drain},
    Published{"loghub", "Drain", "Linux", 0.69, drain},
    Published{"loghub", "Drain", "OpenSSH", 0.7875, drain},
    Published{"loghub", "Drain", "OpenStack", 0.7325, drain},
    Published{"loghub", "Drain", "Proxifier", 0.5265, drain},
    Published{"loghub", "Drain", "Windows", 0.997, drain},
    Published{"loghub", "Drain", "Zookeeper", 0.9665, drain},
};

}  // namespace

std::span<const Published> published_figures() { return list; }

}  // namespace retimu
