// SPDX-License-Identifier: Apache-2.0
// Requests that wait in data_dir/requests, a file each: TIME-PROCESS.KIND with the body that is
// logged. A file appears whole or not at all, so no lock is needed beside a running pipeline.
#ifndef RETIMU_STORAGE_REQUEST_FOLDER_HPP
#define RETIMU_STORAGE_REQUEST_FOLDER_HPP

#include "retimu/core/request.hpp"

#include <string>

namespace retimu {

class RequestFolder final : public Requests {
 public:
  explicit RequestFolder(const std::string& data_dir)
      : data_dir_(data_dir), folder_(data_dir + "/requests") {}

  // Now, by this process. What root adds is the data_dir's owner's. Fault::system: permissions,
  // disk.
  static Asked asked(std::string by);
  Result<void> add(const Confirmation& confirmation);
  Result<void> add(const FalseAlarm& alarm);
  Result<void> add(const MaintenanceRequest& request);
  Result<void> add(const Operation& operation);
  Result<void> add(const ModelRequest& request);

  // Fault::corrupt: a file that is no request; it is put aside as NAME.refused, the others wait on.
  Result<std::vector<Request>> waiting() override;
  Result<void> done(const std::string& name) override;

 private:
  Result<void> add(const Asked& asked, Control::Kind kind, const std::vector<std::byte>& body);
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string data_dir_, folder_;
};

}  // namespace retimu

#endif
