#include "nasnet/primitive/primitive.ipp"
#include "nasnet/primitive/onnx_call.ipp"
#include "nasnet/primitive/parameter.ipp"
#include "nasnet/primitive/primitives.ipp"
