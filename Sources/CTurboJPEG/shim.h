#include <turbojpeg.h>

#if __has_include(<jconfig.h>)
#include <jconfig.h>
#endif

// The version as the library's files tell it, such as 2001005 for 2.1.5; 0 where they do not.
#ifdef LIBJPEG_TURBO_VERSION_NUMBER
static const int builtForTurboJPEG = LIBJPEG_TURBO_VERSION_NUMBER;
#else
static const int builtForTurboJPEG = 0;
#endif
