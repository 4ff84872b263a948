#include "nasnet/core/allocator.ipp"
#include "nasnet/core/context.ipp"
#include "nasnet/core/duration_text.ipp"
#include "nasnet/core/error.ipp"
#include "nasnet/core/failure.ipp"
#include "nasnet/core/file.ipp"
#include "nasnet/core/file_path.ipp"
#include "nasnet/core/json_events.ipp"
#include "nasnet/core/json_value.ipp"
#include "nasnet/core/progress_bar.ipp"
#include "nasnet/core/random.ipp"
#include "nasnet/core/steady_time.ipp"
#include "nasnet/core/step_sequence.ipp"
#include "nasnet/core/thread_pool.ipp"

namespace nasnet::inline NASNET_ABI {

template class BasicJsonValue<nlohmann::json>;

}  // namespace nasnet::inline NASNET_ABI
