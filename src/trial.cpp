#include "nasnet/trial/json_line.ipp"
#include "nasnet/trial/trial.ipp"
