// TLS, where wsfan is built with OpenSSL (-DWITH_TLS -lssl -lcrypto). The server's certificate is not looked at.
#include "wsfan.h"

#include <errno.h>
#include <sys/epoll.h>

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *make_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        die("OpenSSL gives no context");
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return context;
}

void tls_start(Connection *connection) {
    static SSL_CTX *context;
    if (!context)
        context = make_context();
    connection->tls = SSL_new(context);
    if (!connection->tls || !SSL_set_fd(connection->tls, connection->fd))
        die("OpenSSL gives no connection");
    SSL_set_connect_state(connection->tls);
    connection->state = TLS_HANDSHAKE;
    tls_continue(connection);
}

// What has become of a call, as if it were one of a socket's own.
static ssize_t outcome(Connection *connection, int result) {
    if (result > 0)
        return result;
    switch (SSL_get_error(connection->tls, result)) {
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    default:
        ERR_clear_error();
        errno = ECONNRESET;
        return -1;
    }
}

void tls_continue(Connection *connection) {
    int result = SSL_do_handshake(connection->tls);
    if (result == 1)
        send_handshake(connection);
    else if (outcome(connection, result) < 0 && errno == EAGAIN)
        watch(EPOLL_CTL_MOD, connection, EPOLLRDHUP | (SSL_want_write((SSL *)connection->tls) ? EPOLLOUT : EPOLLIN));
    else
        close_connection(connection);
}

ssize_t tls_send(Connection *connection, const void *bytes, size_t count) {
    return outcome(connection, SSL_write(connection->tls, bytes, (int)count));
}

// One record at a time comes out of OpenSSL: all that are there, as of a socket.
ssize_t tls_receive(Connection *connection, uint8_t *bytes, size_t count) {
    size_t end = 0;
    while (end < count) {
        ssize_t got = outcome(connection, SSL_read(connection->tls, bytes + end, (int)(count - end)));
        if (got <= 0)
            return end ? (ssize_t)end : got;
        end += (size_t)got;
    }
    return (ssize_t)end;
}

// Not SSL_has_pending: that is true of half a record, too, whose rest the socket has to bring first. Without read_ahead
// OpenSSL reads no further than a record, so what it has not looked at yet still wakes us.
bool tls_has_more(const Connection *connection) {
    return SSL_pending(connection->tls) > 0;
}

void tls_end(Connection *connection) {
    SSL_free(connection->tls);
    connection->tls = NULL;
}

#else

void tls_start(Connection *connection) {
    (void)connection;
    die("--tls: built without OpenSSL");
}

void tls_continue(Connection *connection) {
    (void)connection;
}

ssize_t tls_send(Connection *connection, const void *bytes, size_t count) {
    (void)connection, (void)bytes, (void)count;
    return -1;
}

ssize_t tls_receive(Connection *connection, uint8_t *bytes, size_t count) {
    (void)connection, (void)bytes, (void)count;
    return -1;
}

bool tls_has_more(const Connection *connection) {
    (void)connection;
    return false;
}

void tls_end(Connection *connection) {
    (void)connection;
}
#endif
