// SPDX-License-Identifier: Apache-2.0
// Whether someone knows a secret.
#ifndef RETIMU_CONNECTORS_SAME_SECRET_HPP
#define RETIMU_CONNECTORS_SAME_SECRET_HPP

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <string_view>

namespace retimu {

// Takes as long for any text of one length.
inline bool is_same_secret(std::string_view a, std::string_view b) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> of_a{}, of_b{};
  ::SHA256(reinterpret_cast<const unsigned char*>(a.data()), a.size(), of_a.data());
  ::SHA256(reinterpret_cast<const unsigned char*>(b.data()), b.size(), of_b.data());
  return ::CRYPTO_memcmp(of_a.data(), of_b.data(), of_a.size()) == 0;
}

}  // namespace retimu

#endif
