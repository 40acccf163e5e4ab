/*
 * How the preloaded library and the Python server talk (tests/emulation/wire.py is the other end).
 *
 * Each opened device file is a connection of its own. A message to the server is a struct call and its payload; the
 * answer is a struct answer and its payload. Integers are in the machine's own byte order.
 */
#include <stddef.h>
#include <stdint.h>

enum operation { OPEN, IOCTL, READ, WRITE, CLOSE };

struct call {
    uint32_t operation;
    uint32_t length;   /* of the payload */
    uint64_t argument; /* the ioctl's request, or how many bytes to read */
};

struct answer {
    int64_t result; /* as the system call returns it; negative is -errno */
    uint64_t length;
};

struct bytes {
    uint8_t *data;
    size_t length;
};

/* More of `bytes`; zeros where `data` is NULL. */
void append(struct bytes *bytes, const void *data, size_t length);

/* Copy out as much of `reply`, from `offset` on, as there is. */
void take(const struct bytes *reply, size_t offset, void *data, size_t length);

/* Connect to the server, a device that is gone where it is; returns a file descriptor, or -1 with errno set. */
int connected(int flags);

/* Returns the call's result; negative is -errno. The caller frees the reply. */
long exchange(int file, enum operation operation, uint64_t argument, struct bytes sent, struct bytes *reply);
