// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/elementary.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace retimu {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using Function = double (*)(double);
using Reference = long double (*)(long double);

// Distance from the true value in units of the last place of a double there.
double error_in_places(double value, long double truth) {
  int exponent = 0;
  (void)std::frexp(static_cast<double>(truth), &exponent);
  const long double place = std::ldexp(1.0L, std::max(exponent - 53, -1074));
  return static_cast<double>(std::fabs(static_cast<long double>(value) - truth) / place);
}

double worst_error(Function function, Reference reference, double low, double high,
                   std::uint64_t seed) {
  Random random(seed);
  double worst = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double x = low + (high - low) * random.uniform();
    const double error = error_in_places(function(x), reference(static_cast<long double>(x)));
    worst = std::max(worst, error);
  }
  return worst;
}

// Any positive double, each exponent as likely as another.
double worst_error_by_exponent(Function function, Reference reference, std::uint64_t seed) {
  Random random(seed);
  double worst = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t bits = random.below(0x7FEFFFFFFFFFFFFFULL) + 1;
    const double x = std::bit_cast<double>(bits);
    const double error = error_in_places(function(x), reference(static_cast<long double>(x)));
    worst = std::max(worst, error);
  }
  return worst;
}

constexpr double places_max = 2;

TEST(Elementary, ExpIsNearTheTrueValue) {
  EXPECT_LT(worst_error(elementary::exp, std::exp, -745, 709.7, 1), places_max);
  EXPECT_LT(worst_error(elementary::exp, std::exp, -2, 2, 2), places_max);
  EXPECT_LT(worst_error(elementary::exp, std::exp, -1e-5, 1e-5, 3), places_max);
}

TEST(Elementary, Expm1IsNearTheTrueValue) {
  EXPECT_LT(worst_error(elementary::expm1, std::expm1, -60, 709.7, 1), places_max);
  EXPECT_LT(worst_error(elementary::expm1, std::expm1, -2, 2, 2), places_max);
  EXPECT_LT(worst_error(elementary::expm1, std::expm1, -1e-9, 1e-9, 3), places_max);
}

TEST(Elementary, Pow10IsNearTheTrueValue) {
  const Reference reference = [](long double x) { return std::pow(10.0L, x); };
  EXPECT_LT(worst_error(elementary::pow10, reference, -323, 308.2, 1), places_max);
  EXPECT_LT(worst_error(elementary::pow10, reference, -1, 1, 2), places_max);
}

TEST(Elementary, LogIsNearTheTrueValue) {
  EXPECT_LT(worst_error(elementary::log, std::log, 0.4, 2.5, 1), places_max);
  EXPECT_LT(worst_error(elementary::log, std::log, 1 - 1e-6, 1 + 1e-6, 2), places_max);
  EXPECT_LT(worst_error_by_exponent(elementary::log, std::log, 3), places_max);
}

TEST(Elementary, Log1pIsNearTheTrueValue) {
  EXPECT_LT(worst_error(elementary::log1p, std::log1p, -0.999, 3, 1), places_max);
  EXPECT_LT(worst_error(elementary::log1p, std::log1p, -1e-9, 1e-9, 2), places_max);
  EXPECT_LT(worst_error_by_exponent(elementary::log1p, std::log1p, 3), places_max);
}

TEST(Elementary, Log10IsNearTheTrueValue) {
  EXPECT_LT(worst_error(elementary::log10, std::log10, 0.4, 2.5, 1), places_max);
  EXPECT_LT(worst_error(elementary::log10, std::log10, 1 - 1e-6, 1 + 1e-6, 2), places_max);
  EXPECT_LT(worst_error_by_exponent(elementary::log10, std::log10, 3), places_max);
}

TEST(Elementary, RangesEndAsTheyShould) {
  EXPECT_EQ(elementary::exp(0), 1.0);
  EXPECT_EQ(elementary::exp(-infinity), 0.0);
  EXPECT_EQ(elementary::exp(-1e300), 0.0);
  EXPECT_EQ(elementary::exp(infinity), infinity);
  EXPECT_EQ(elementary::exp(709.79), infinity);
  EXPECT_EQ(elementary::exp(-745.0), smallest);
  EXPECT_EQ(elementary::expm1(-infinity), -1.0);
  EXPECT_EQ(elementary::expm1(infinity), infinity);
  EXPECT_EQ(elementary::expm1(smallest), smallest);
  EXPECT_EQ(elementary::pow10(0), 1.0);
  EXPECT_EQ(elementary::pow10(-infinity), 0.0);
  EXPECT_EQ(elementary::pow10(-400), 0.0);
  EXPECT_EQ(elementary::pow10(308.3), infinity);
  EXPECT_EQ(elementary::log(1), 0.0);
  EXPECT_EQ(elementary::log(0), -infinity);
  EXPECT_EQ(elementary::log(-0.0), -infinity);
  EXPECT_EQ(elementary::log(infinity), infinity);
  EXPECT_EQ(elementary::log10(1), 0.0);
  EXPECT_EQ(elementary::log10(0), -infinity);
  EXPECT_EQ(elementary::log10(infinity), infinity);
  EXPECT_EQ(elementary::log1p(0), 0.0);
  EXPECT_EQ(elementary::log1p(smallest), smallest);
  EXPECT_EQ(elementary::log1p(-1), -infinity);
  EXPECT_EQ(elementary::log1p(infinity), infinity);
}

TEST(Elementary, NotANumberStaysOne) {
  for (const Function function : {elementary::exp, elementary::expm1, elementary::pow10,
                                  elementary::log, elementary::log1p, elementary::log10}) {
    EXPECT_TRUE(std::isnan(function(not_a_number)));
  }
  for (const Function function : {elementary::log, elementary::log1p, elementary::log10}) {
    EXPECT_TRUE(std::isnan(function(-2.0)));
    EXPECT_TRUE(std::isnan(function(-infinity)));
  }
}

// The very bits: an instruction set, compiler flag or library that changes them breaks the replay
// of stored states.
TEST(Elementary, BitsAreThoseOfEveryOtherMachine) {
  Random random(42);
  std::uint64_t digest = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = random.uniform();
    digest = mix(digest, elementary::exp(1400 * x - 700));
    digest = mix(digest, elementary::expm1(8 * x - 4));
    digest = mix(digest, elementary::pow10(600 * x - 300));
    digest = mix(digest, elementary::log(x * elementary::exp(1000 * x)));
    digest = mix(digest, elementary::log1p(4 * x - 1));
    digest = mix(digest, elementary::log10(x * elementary::exp(1000 * x)));
  }
  EXPECT_EQ(digest, 6080457350321727597ULL);
}

}  // namespace
}  // namespace retimu
