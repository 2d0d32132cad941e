// SPDX-License-Identifier: Apache-2.0
// Elementary functions with the same bits on every x86-64 machine: only + - * / and integer
// operations in a fixed order. glibc's own differ by processor (fused multiply-add), so nothing
// that a score depends on may call them. Within 2 units in the last place of the true value
// (elementary_test.cpp measures it); 5 to 10 ns a call. NaN gives NaN; subnormal arguments and
// results are exact to the same bound or to one subnormal step.
#ifndef RETIMU_STATS_ELEMENTARY_HPP
#define RETIMU_STATS_ELEMENTARY_HPP

#include <bit>
#include <cstdint>
#include <limits>

namespace retimu::elementary {

namespace internal {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// ln 2 and log10 2 as high + low: the high part times any exponent is exact.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
inline constexpr double lg2_high = 0x1.34413509f6000p-2, lg2_low = 0x1.9fef311f12b36p-42;
inline constexpr double ln10 = 0x1.26bb1bbb55516p+1;
inline constexpr double lg_e_high = 0x1.bcb7b10000000p-2, lg_e_low = 0x1.49b9438ca9aaep-28;

// The nearest whole number to |value| < 2^51, as a double.
inline double round_whole(double value) {
  constexpr double shift = 0x1.8p52;
  return (value + shift) - shift;
}

// 2^exponent for exponent in [-1022, 1023].
inline double power_of_two(std::int64_t exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

// value * 2^exponent, |exponent| <= 1100: in two steps where one would leave the range.
inline double scale_by_power(double value, std::int64_t exponent) {
  if (exponent >= -1021 && exponent <= 1022) return value * power_of_two(exponent);
  const std::int64_t half = exponent / 2;
  return value * power_of_two(half) * power_of_two(exponent - half);
}

// e^r - 1 for |r| <= 0.36: Taylor's series, whose remainder is below 2^-57 there.
inline double exp_tail(double r) {
  constexpr double c3 = 1.0 / 6, c4 = 1.0 / 24, c5 = 1.0 / 120, c6 = 1.0 / 720, c7 = 1.0 / 5040,
                   c8 = 1.0 / 40320, c9 = 1.0 / 362880, c10 = 1.0 / 3628800, c11 = 1.0 / 39916800,
                   c12 = 1.0 / 479001600, c13 = 1.0 / 6227020800;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double low = (c3 + r * c4) + r2 * (c5 + r * c6);
  const double middle = (c7 + r * c8) + r2 * (c9 + r * c10);
  const double high = (c11 + r * c12) + r2 * c13;
  return r + (r2 * 0.5 + r2 * r * (low + r4 * (middle + r4 * high)));
}

// ln(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)]: with s = f / (2 + f) it is 2 atanh(s), a series in
// s^2 <= 0.0295.
inline double log_near_one(double f) {
  constexpr double c1 = 2.0 / 3, c2 = 2.0 / 5, c3 = 2.0 / 7, c4 = 2.0 / 9, c5 = 2.0 / 11,
                   c6 = 2.0 / 13, c7 = 2.0 / 15, c8 = 2.0 / 17, c9 = 2.0 / 19, c10 = 2.0 / 21,
                   c11 = 2.0 / 23;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double low = (c1 + z * c2) + z2 * (c3 + z * c4);
  const double middle = (c5 + z * c6) + z2 * (c7 + z * c8);
  const double high = (c9 + z * c10) + z2 * c11;
  const double rest = z * (low + z4 * (middle + z4 * high));
  // 2 s = f - f^2/2 + s f^2/2, so that the large part is exact.
  const double half_square = 0.5 * f * f;
  return f - (half_square - s * (half_square + rest));
}

// value = 2^exponent * (1 + fraction), 1 + fraction in [sqrt(1/2), sqrt(2)); value positive and
// finite.
struct Parts {
  double exponent, fraction;
};
inline Parts take_apart(double value) {
  std::int64_t exponent = 0;
  if (value < std::numeric_limits<double>::min()) {
    value *= 0x1p54;
    exponent = -54;
  }
  constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCDULL;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value) - root_half;
  exponent += static_cast<std::int64_t>(bits) >> 52U;
  const double mantissa = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) + root_half);
  return {static_cast<double>(exponent), mantissa - 1.0};
}

// What log and log10 answer outside (0, inf).
inline double log_outside(double value) {
  if (value == 0) return -infinity;
  return value > 0 ? value : not_a_number;
}
inline bool has_log(double value) { return value > 0 && value < infinity; }

}  // namespace internal

// e^x; 0 below -745.2, infinity above 709.8.
inline double exp(double x) {
  using namespace internal;
  if (!(x > -746.0)) return x < 0 ? 0.0 : x;
  if (x > 710.0) return infinity;
  constexpr double per_ln2 = 0x1.71547652b82fep+0;
  const double k = round_whole(x * per_ln2);
  const double r = (x - k * ln2_high) - k * ln2_low;
  return scale_by_power(1.0 + exp_tail(r), static_cast<std::int64_t>(k));
}

// e^x - 1, exact near 0.
inline double expm1(double x) {
  using namespace internal;
  if (x > -0.34 && x < 0.34) return exp_tail(x);
  if (!(x > -40.0 && x < 40.0)) return exp(x) - 1.0;
  constexpr double per_ln2 = 0x1.71547652b82fep+0;
  const double k = round_whole(x * per_ln2);
  const double r = (x - k * ln2_high) - k * ln2_low;
  const double power = power_of_two(static_cast<std::int64_t>(k));
  return power * exp_tail(r) + (power - 1.0);
}

// 10^x; 0 below -323.4, infinity above 308.3.
inline double pow10(double x) {
  using namespace internal;
  if (!(x > -324.0)) return x < 0 ? 0.0 : x;
  if (x > 309.0) return infinity;
  constexpr double per_lg2 = 0x1.a934f0979a371p+1;
  const double k = round_whole(x * per_lg2);
  const double r = ((x - k * lg2_high) - k * lg2_low) * ln10;
  return scale_by_power(1.0 + exp_tail(r), static_cast<std::int64_t>(k));
}

// Natural logarithm; log(0) = -infinity, NaN below 0.
inline double log(double x) {
  using namespace internal;
  if (!has_log(x)) return log_outside(x);
  const Parts parts = take_apart(x);
  return parts.exponent * ln2_high + (log_near_one(parts.fraction) + parts.exponent * ln2_low);
}

// Binary logarithm of a positive normal number, straight between powers of two: monotone, at most
// 0.087 too small, 1 ns.
inline double log2_roughly(double x) {
  const auto bits = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(x));
  return static_cast<double>(bits) * 0x1p-52 - 1023.0;
}

// ln(1 + x), exact near 0; -infinity at -1, NaN below.
inline double log1p(double x) {
  using namespace internal;
  if (x > -0.29 && x < 0.41) return log_near_one(x);
  const double sum = 1.0 + x;
  if (!has_log(sum)) return log_outside(sum);
  const double lost = x > 1.0 ? 1.0 - (sum - x) : x - (sum - 1.0);
  const Parts parts = take_apart(sum);
  return parts.exponent * ln2_high +
         (log_near_one(parts.fraction) + (parts.exponent * ln2_low + lost / sum));
}

// Decimal logarithm; log10(0) = -infinity, NaN below 0.
inline double log10(double x) {
  using namespace internal;
  if (!has_log(x)) return log_outside(x);
  const Parts parts = take_apart(x);
  const double natural = log_near_one(parts.fraction);
  // natural = high + low with few bits in high, so that its product with lg_e_high is exact.
  const double high =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(natural) & 0xFFFFFFFFF8000000ULL);
  const double low = natural - high;
  const double small = low * lg_e_high + natural * lg_e_low + parts.exponent * lg2_low;
  return parts.exponent * lg2_high + (high * lg_e_high + small);
}

}  // namespace retimu::elementary

#endif
