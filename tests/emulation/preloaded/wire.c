#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Threads may share a device file; the kernel's own locks would keep their calls apart. */
static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;

void append(struct bytes *bytes, const void *data, size_t length)
{
    bytes->data = realloc(bytes->data, bytes->length + length + 1);
    if (data)
        memcpy(bytes->data + bytes->length, data, length);
    else
        memset(bytes->data + bytes->length, 0, length);
    bytes->length += length;
}

void take(const struct bytes *reply, size_t offset, void *data, size_t length)
{
    if (offset >= reply->length)
        return;
    size_t rest = reply->length - offset;
    memcpy(data, reply->data + offset, length < rest ? length : rest);
}

int connected(int flags)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int file = socket(AF_UNIX, SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/kernel", getenv("EMULATED_ROOT"));
    if (file < 0 || connect(file, (struct sockaddr *)&address, sizeof address) == 0)
        return file;
    close(file);
    errno = ENODEV;
    return -1;
}

static bool send_all(int file, const void *data, size_t length)
{
    for (const uint8_t *next = data; length;) {
        ssize_t sent = send(file, next, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        next += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int file, void *data, size_t length)
{
    for (uint8_t *next = data; length;) {
        ssize_t received = recv(file, next, length, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return false;
        next += received;
        length -= (size_t)received;
    }
    return true;
}

long exchange(int file, enum operation operation, uint64_t argument, struct bytes sent, struct bytes *reply)
{
    struct call call = {operation, (uint32_t)sent.length, argument};
    struct answer answer = {0, 0};
    *reply = (struct bytes){NULL, 0};
    pthread_mutex_lock(&busy);
    bool done = send_all(file, &call, sizeof call) && send_all(file, sent.data, sent.length) &&
                receive_all(file, &answer, sizeof answer);
    if (done && answer.length) {
        append(reply, NULL, answer.length);
        done = receive_all(file, reply->data, reply->length);
    }
    pthread_mutex_unlock(&busy);
    return done ? answer.result : -ENODEV;
}
