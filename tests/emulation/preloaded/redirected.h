#include <stdbool.h>

/* Where `path` is looked up: `path` itself, or the same path in the emulated machine, put into `place` (PATH_MAX bytes). */
const char *redirected(const char *path, char *place);

/* Whether the server answers for it. */
bool is_device(const char *path);
