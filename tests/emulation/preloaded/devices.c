/*
 * The kernel's front in a test: preloaded into a process, it shows that process another machine's /dev and /sys and
 * hands what is done to its device files to a Python server, which answers as the kernel would.
 *
 * $EMULATED_ROOT is a folder with dev/, sys/ and the server's socket, kernel. Paths under /dev and /sys are looked up in
 * there. Only what needs this process's memory is done here: following the pointers of the kernel's structures
 * (linux/i2c-dev.h, linux/i2c.h, linux/spi/spidev.h, linux/gpio.h). What a call means is decided by the server.
 */
#define _GNU_SOURCE
#include "redirected.h"
#include "wire.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/gpio.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/spi/spidev.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FILES 1024
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The connection on which a file's calls travel, and 1 more; 0 for files of the real machine. Only a GPIO line has one
 * besides itself: the line's own file carries nothing but its events, so that poll(2) and read(2) work on it. */
static int connection[FILES];

static bool is_emulated(int file)
{
    return file >= 0 && file < FILES && connection[file];
}

static int connection_of(int file)
{
    return connection[file] - 1;
}

static long returned(long result)
{
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

/* ---- device files ---- */

static int opened_device(const char *path, int flags)
{
    struct bytes reply;
    int file = connected(flags);
    if (file < 0)
        return -1;
    long result = file < FILES ? exchange(file, OPEN, 0, (struct bytes){(uint8_t *)path, strlen(path)}, &reply) : -EMFILE;
    if (result >= 0) {
        connection[file] = file + 1;
        return file;
    }
    REAL(close)(file);
    return (int)returned(result);
}

static int opened(int at, const char *path, int flags, mode_t mode)
{
    char place[PATH_MAX];
    const char *target = redirected(path, place);
    int file = REAL(openat)(at, target, flags, mode);
    if (file < 0 || !is_device(path))
        return file;
    REAL(close)(file);
    return opened_device(path, flags);
}

#define OPENED(name, at, ...)                   \
    int name(__VA_ARGS__, ...)                  \
    {                                           \
        va_list more;                           \
        va_start(more, flags);                  \
        mode_t mode = va_arg(more, mode_t);     \
        va_end(more);                           \
        return opened(at, path, flags, mode);   \
    }

OPENED(open, AT_FDCWD, const char *path, int flags)
OPENED(open64, AT_FDCWD, const char *path, int flags)
OPENED(openat, at, int at, const char *path, int flags)
OPENED(openat64, at, int at, const char *path, int flags)

int close(int file)
{
    if (is_emulated(file)) {
        int calls = connection_of(file);
        connection[file] = 0;
        if (calls == file) {
            struct bytes reply;
            exchange(file, CLOSE, 0, (struct bytes){NULL, 0}, &reply);
        } else {
            close(calls);
        }
    }
    return REAL(close)(file);
}

ssize_t read(int file, void *data, size_t length)
{
    static __typeof__(&read) real;
    if (!real)
        real = REAL(read);
    if (!is_emulated(file) || connection_of(file) != file)
        return real(file, data, length);
    struct bytes reply;
    long result = exchange(file, READ, length, (struct bytes){NULL, 0}, &reply);
    take(&reply, 0, data, length);
    free(reply.data);
    return returned(result);
}

ssize_t write(int file, const void *data, size_t length)
{
    static __typeof__(&write) real;
    if (!real)
        real = REAL(write);
    if (!is_emulated(file))
        return real(file, data, length);
    struct bytes reply;
    long result = exchange(file, WRITE, 0, (struct bytes){(uint8_t *)data, length}, &reply);
    free(reply.data);
    return returned(result);
}

/* ---- ioctl: each kind sends what its structures point to, and puts the reply where they point to ---- */

/* How many messages; each struct i2c_msg without its pointer; then the data of all writes. */
static long i2c_rdwr(int file, unsigned long request, struct i2c_rdwr_ioctl_data *transfer)
{
    struct bytes sent = {NULL, 0}, reply;
    append(&sent, &transfer->nmsgs, sizeof transfer->nmsgs);
    for (uint32_t i = 0; i < transfer->nmsgs; i++)
        append(&sent, &transfer->msgs[i], 3 * sizeof(uint16_t));
    for (uint32_t i = 0; i < transfer->nmsgs; i++)
        if (!(transfer->msgs[i].flags & I2C_M_RD))
            append(&sent, transfer->msgs[i].buf, transfer->msgs[i].len);
    long result = exchange(file, IOCTL, request, sent, &reply);
    size_t offset = 0;
    for (uint32_t i = 0; i < transfer->nmsgs; i++)
        if (transfer->msgs[i].flags & I2C_M_RD) {
            take(&reply, offset, transfer->msgs[i].buf, transfer->msgs[i].len);
            offset += transfer->msgs[i].len;
        }
    free(sent.data);
    free(reply.data);
    return result;
}

/* What the union i2c_smbus_data of a call of this kind holds. */
static size_t smbus_length(uint32_t kind)
{
    if (kind == I2C_SMBUS_BYTE || kind == I2C_SMBUS_BYTE_DATA)
        return 1;
    if (kind == I2C_SMBUS_WORD_DATA || kind == I2C_SMBUS_PROC_CALL)
        return 2;
    return sizeof(union i2c_smbus_data);
}

/* struct i2c_smbus_ioctl_data without its pointer; then what that points to. */
static long i2c_smbus(int file, unsigned long request, struct i2c_smbus_ioctl_data *transfer)
{
    struct bytes sent = {NULL, 0}, reply;
    size_t length = transfer->data ? smbus_length(transfer->size) : 0;
    append(&sent, transfer, offsetof(struct i2c_smbus_ioctl_data, data));
    if (length)
        append(&sent, transfer->data, length);
    long result = exchange(file, IOCTL, request, sent, &reply);
    take(&reply, 0, transfer->data, length);
    free(sent.data);
    free(reply.data);
    return result;
}

/* struct spi_ioc_transfer for each transfer; then what each sends, zeros where it sends nothing. */
static long spi_message(int file, unsigned long request, struct spi_ioc_transfer *transfers)
{
    struct bytes sent = {NULL, 0}, reply;
    size_t count = _IOC_SIZE(request) / sizeof *transfers;
    append(&sent, transfers, _IOC_SIZE(request));
    for (size_t i = 0; i < count; i++)
        append(&sent, (void *)(uintptr_t)transfers[i].tx_buf, transfers[i].len);
    long result = exchange(file, IOCTL, request, sent, &reply);
    size_t offset = 0;
    for (size_t i = 0; i < count; offset += transfers[i++].len)
        if (transfers[i].rx_buf)
            take(&reply, offset, (void *)(uintptr_t)transfers[i].rx_buf, transfers[i].len);
    free(sent.data);
    free(reply.data);
    return result;
}

/* A structure of the size that the request itself names (asm-generic/ioctl.h); else the argument is a number. */
static long plain(int file, unsigned long request, void *argument)
{
    uint64_t number = (uintptr_t)argument;
    bool points = _IOC_DIR(request) != _IOC_NONE || request == I2C_FUNCS;
    size_t length = request == I2C_FUNCS ? sizeof(unsigned long) : _IOC_SIZE(request);
    struct bytes sent = points ? (struct bytes){argument, length} : (struct bytes){(uint8_t *)&number, sizeof number};
    struct bytes reply;
    long result = exchange(file, IOCTL, request, sent, &reply);
    if (points)
        take(&reply, 0, argument, length);
    free(reply.data);
    return result;
}

/* The server answers with the line's name in place of a file; here it becomes one. */
static long gpio_line(int file, unsigned long request, struct gpio_v2_line_request *line)
{
    char calls[32], events[32];
    long result = plain(file, request, line);
    if (result < 0)
        return result;
    snprintf(calls, sizeof calls, "line-%d", line->fd);
    snprintf(events, sizeof events, "line-%d-events", line->fd);
    int other = opened_device(calls, O_CLOEXEC);
    line->fd = opened_device(events, O_CLOEXEC);
    if (other < 0 || line->fd < 0)
        return -ENODEV;
    connection[line->fd] = other + 1;
    return result;
}

int ioctl(int file, unsigned long request, ...)
{
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (!is_emulated(file))
        return REAL(ioctl)(file, request, argument);
    int calls = connection_of(file);
    request = (uint32_t)request; /* as in the kernel: some callers extend its sign */
    if (request == I2C_RDWR)
        return (int)returned(i2c_rdwr(calls, request, argument));
    if (request == I2C_SMBUS)
        return (int)returned(i2c_smbus(calls, request, argument));
    if (request == GPIO_V2_GET_LINE_IOCTL)
        return (int)returned(gpio_line(calls, request, argument));
    if (_IOC_TYPE(request) == SPI_IOC_MAGIC && _IOC_NR(request) == 0)
        return (int)returned(spi_message(calls, request, argument));
    return (int)returned(plain(calls, request, argument));
}
