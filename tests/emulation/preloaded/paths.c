/*
 * What a path leads to: under /dev and /sys, into the emulated machine's. Its device files are plain files that pose as
 * character devices.
 */
#define _GNU_SOURCE
#include "redirected.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_in(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return starts_with(path, folder) && (path[length] == '\0' || path[length] == '/');
}

/* Every process needs these of the real machine. */
static const char *const passed[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
                                     "/dev/ptmx", "/dev/pts",  "/dev/shm",  "/dev/fd",     "/dev/stdin",   "/dev/stdout",
                                     "/dev/stderr"};

const char *redirected(const char *path, char *place)
{
    const char *root = getenv("EMULATED_ROOT");
    if (!root || !path || (!is_in(path, "/dev") && !is_in(path, "/sys") && !is_in(path, "/proc/device-tree") &&
                           !is_in(path, "/proc/cpuinfo")))
        return path;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (is_in(path, passed[i]))
            return path;
    snprintf(place, PATH_MAX, "%s%s", root, path);
    return place;
}

/* The numbers are those of the kernel's Documentation/admin-guide/devices.txt; GPIO has none of its own. */
static const struct {
    const char *start;
    unsigned number;
} devices[] = {{"/dev/i2c-", 89}, {"/dev/spidev", 153}, {"/dev/gpiochip", 254}};

static unsigned device_number(const char *path)
{
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (starts_with(path, devices[i].start))
            return devices[i].number;
    return 0;
}

bool is_device(const char *path)
{
    return getenv("EMULATED_ROOT") && device_number(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define REDIRECTED(type, name, parameters, ...) \
    type name parameters                        \
    {                                           \
        char place[PATH_MAX];                   \
        path = redirected(path, place);         \
        return REAL(name)(__VA_ARGS__);         \
    }

REDIRECTED(int, access, (const char *path, int mode), path, mode)
REDIRECTED(int, faccessat, (int at, const char *path, int mode, int flags), at, path, mode, flags)
REDIRECTED(ssize_t, readlink, (const char *path, char *target, size_t size), path, target, size)
REDIRECTED(ssize_t, readlinkat, (int at, const char *path, char *target, size_t size), at, path, target, size)
REDIRECTED(DIR *, opendir, (const char *path), path)
REDIRECTED(FILE *, fopen, (const char *path, const char *mode), path, mode)
REDIRECTED(FILE *, fopen64, (const char *path, const char *mode), path, mode)

#define FOUND(name, parameters, ...)                                             \
    int name parameters                                                          \
    {                                                                            \
        char place[PATH_MAX];                                                    \
        const char *asked = path;                                                \
        path = redirected(path, place);                                          \
        int result = REAL(name)(__VA_ARGS__);                                    \
        if (result == 0 && is_device(asked)) {                                   \
            found->st_mode = (found->st_mode & ~S_IFMT) | S_IFCHR;               \
            found->st_rdev = makedev(device_number(asked), 0);                   \
        }                                                                        \
        return result;                                                           \
    }

FOUND(stat, (const char *path, struct stat *found), path, found)
FOUND(stat64, (const char *path, struct stat64 *found), path, found)
FOUND(lstat, (const char *path, struct stat *found), path, found)
FOUND(lstat64, (const char *path, struct stat64 *found), path, found)
FOUND(fstatat, (int at, const char *path, struct stat *found, int flags), at, path, found, flags)
FOUND(fstatat64, (int at, const char *path, struct stat64 *found, int flags), at, path, found, flags)

/* What programs call that were built for an older C library. */
int __xstat(int version, const char *path, struct stat *found)
{
    (void)version;
    return stat(path, found);
}

int __lxstat(int version, const char *path, struct stat *found)
{
    (void)version;
    return lstat(path, found);
}

char *realpath(const char *path, char *resolved)
{
    char place[PATH_MAX], target[PATH_MAX];
    const char *root = getenv("EMULATED_ROOT");
    if (!REAL(realpath)(redirected(path, place), target))
        return NULL;
    const char *shown = root && is_in(target, root) ? target + strlen(root) : target;
    return resolved ? strcpy(resolved, shown) : strdup(shown);
}
