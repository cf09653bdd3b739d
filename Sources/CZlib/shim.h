// zlib's initialisers are macros that Swift cannot import.
#ifndef CHORUS_CZLIB_SHIM_H
#define CHORUS_CZLIB_SHIM_H

#include <zlib.h>

static inline int chorus_deflateInit2(z_streamp stream, int level, int windowBits, int memLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memLevel, Z_DEFAULT_STRATEGY);
}

static inline int chorus_inflateInit2(z_streamp stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

#endif
