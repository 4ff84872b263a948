#include "nasnet/trial/trial.ipp"
#include "nasnet/trial/json_line.ipp"
