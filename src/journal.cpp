#include "nasnet/journal/journal.ipp"
#include "nasnet/journal/warm_start.ipp"
