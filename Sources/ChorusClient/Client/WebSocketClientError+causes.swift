package import NIOCore
import NIOPosix
import NIOSSL
package import WebSocketWire

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension WebSocketClientError {
    /// What an error of the network or of TLS means for somebody who connects to `place`.
    package static func connecting(to place: String, _ error: any Error) -> WebSocketClientError {
        if let error = error as? WebSocketClientError { return error }
        if error.isTLS {
            return WebSocketClientError(.tls, "TLS with \(place) failed", cause: error)
        }
        if error.isTimeout {
            return WebSocketClientError(.timedOut, "\(place) did not accept the connection in time", cause: error)
        }
        if error.isRefusal {
            return WebSocketClientError(.connectionRefused, "nobody listens at \(place)", cause: error)
        }
        return WebSocketClientError(.cannotConnect, "\(place) cannot be reached", cause: error)
    }

    /// What an error means that ended a connection, or kept it from being opened after TCP was.
    static func connectionLost(_ error: (any Error)?) -> WebSocketClientError {
        if let error = error as? WebSocketClientError { return error }
        if let error, error.isTLS, !error.isTruncation {
            return WebSocketClientError(.tls, "TLS failed", cause: error)
        }
        return WebSocketClientError(.connectionClosed, "the connection was lost", cause: error)
    }

    /// What a server's answer to the handshake means. `received` is everything that came.
    package static func handshake(_ refusal: HandshakeRefusal, received: ByteBuffer) -> WebSocketClientError {
        guard refusal.status >= 100, refusal.status != 101 else {
            return WebSocketClientError(.protocolError, refusal.reason)
        }
        return WebSocketClientError(
            .handshakeRefused,
            "the server answered \(refusal.status) \(refusal.reason)",
            response: Response(status: refusal.status, headers: refusal.headers, body: body(of: received))
        )
    }

    /// What follows the empty line after the head of a response.
    private static func body(of received: ByteBuffer) -> String {
        let bytes = Array(received.readableBytesView)
        let headEnd = bytes.indices.first { bytes[$0...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A]) }
        return headEnd.map { String(decoding: bytes[($0 + 4)...], as: UTF8.self) } ?? ""
    }

    /// What is thrown by whatever is asked of a connection that has ended.
    static func closed(_ reason: CloseReason?) -> WebSocketClientError {
        let why = reason.map { ": \($0)" } ?? ""
        return WebSocketClientError(.connectionClosed, "the connection is closed\(why)", cause: reason?.error)
    }

    static var cancelled: WebSocketClientError {
        WebSocketClientError(.cancelled, "the task was cancelled")
    }
}

extension Error {
    fileprivate var isTLS: Bool {
        self is NIOSSLError || self is NIOSSLExtraError || self is BoringSSLError
    }

    /// The peer closed TCP without closing TLS first.
    fileprivate var isTruncation: Bool {
        if case .uncleanShutdown? = self as? NIOSSLError { true } else { false }
    }

    fileprivate var isTimeout: Bool {
        if case .connectTimeout? = self as? ChannelError { return true }
        return (self as? IOError)?.errnoCode == ETIMEDOUT
    }

    /// With several addresses behind a name, one refusal among failures says most.
    fileprivate var isRefusal: Bool {
        if let error = self as? NIOConnectionError {
            return error.connectionErrors.contains { $0.error.isRefusal }
        }
        return (self as? IOError)?.errnoCode == ECONNREFUSED
    }
}
