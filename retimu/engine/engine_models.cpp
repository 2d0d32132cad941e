// SPDX-License-Identifier: Apache-2.0
// Models that a pipeline is given while it runs: what does not fit is refused before it enters the
// order; what did is found again wherever the order is gone through anew.
#include "retimu/engine/engine.hpp"

namespace retimu {

namespace {

constexpr std::string_view goes_on = "the pipeline goes on as it was";

}  // namespace

// What is refused waits no longer.
bool Engine::may_take_over(const Request& request) {
  const std::optional<ModelRequest> asked = read_model_request(request.body);
  Result<void> fits = asked && parts_.models != nullptr
                          ? parts_.models->check(*asked, *parts_.pipeline.columns)
                          : failure(Fault::usage, "this pipeline takes none");
  if (fits) return true;
  if (parts_.note) {
    parts_.note({fits.error().fault, fmt::format("the model is not taken over, {}: {}", goes_on,
                                                 fits.error().message)});
  }
  const Result<void> done = parts_.requests->done(request.name);
  if (!done && parts_.note) parts_.note(done.error());
  return false;
}

// One that fitted then may not fit another configuration that goes through the same order.
Result<void> Engine::fetch_models(Round& round) {
  for (Mark& mark : round.marks) {
    if (!mark.request || mark.request->kind != Control::Kind::model) continue;
    const std::optional<ModelRequest> asked = read_model_request(mark.request->body);
    if (!asked || parts_.models == nullptr) continue;
    auto model = parts_.models->find(*asked);
    parts_.models->drop();
    if (!model && model.error().fault != Fault::usage) return tl::unexpected(model.error());
    if (model) {
      mark.model = std::move(*model);
    } else if (parts_.note) {
      parts_.note({model.error().fault, fmt::format("a model that was taken over then is not now: "
                                                    "{}",
                                                    model.error().message)});
    }
  }
  return {};
}

void Engine::note_takeover(const Round& round) {
  for (const Mark& mark : round.marks) {
    if (mark.model == nullptr || !parts_.note) continue;
    TakenOver count;
    for (const ShardOutput& output : round.outputs) count += output.taken_over;
    parts_.note({Fault::usage, fmt::format("model {}: {}", mark.model->id,
                                           takeover_text(count, mark.model->header))});
  }
}

}  // namespace retimu
