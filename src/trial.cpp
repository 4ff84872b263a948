#include "nasnet/trial/trial.ipp"
#include "nasnet/trial/json_line.ipp"
#include "nasnet/trial/result_ranking.ipp"
