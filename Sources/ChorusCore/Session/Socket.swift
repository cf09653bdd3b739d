package import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A connected socket, and the system call that writes to it.
///
/// The handle belongs to whoever accepted the connection, and closes it: a ``Session`` is told before the number may be
/// another's, ``Session/socketIsGone()``.
package struct Socket: Equatable, Sendable {
    package let handle: NIOBSDSocket.Handle

    package init(handle: NIOBSDSocket.Handle) { self.handle = handle }

    /// No socket.
    package static let none = Socket(handle: -1)

    /// What became of a write.
    package enum Outcome: Equatable {
        /// The kernel took this many bytes; 0 when its buffer is full.
        case taken(Int)
        /// The connection is broken.
        case failed
    }

    /// The most pieces that one call hands over (IOV_MAX is 1,024 on Linux and macOS).
    private static let maximumPieces = 1024

    #if canImport(Darwin)
    // SO_NOSIGPIPE is set on the socket by NIO
    private static let flags: Int32 = MSG_DONTWAIT
    #else
    private static let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    #endif

    /// Hands bytes to the kernel without waiting.
    package func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Outcome {
        while true {
            let count = pieces.count == 1 ? send(pieces[0]) : sendAll(pieces)
            if count >= 0 { return .taken(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS: return .taken(0)
            default: return .failed
            }
        }
    }

    /// Takes what has come in, without waiting. Returns how many bytes; 0 also at the end of the input, or when the
    /// connection is broken, which whoever accepted it learns by itself.
    package func read(into bytes: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
        max(0, Darwin.recv(handle, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT)))
        #elseif canImport(Glibc)
        max(0, Glibc.recv(handle, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT)))
        #else
        max(0, Musl.recv(handle, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT)))
        #endif
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        Darwin.send(handle, bytes.baseAddress, bytes.count, Socket.flags)
        #elseif canImport(Glibc)
        Glibc.send(handle, bytes.baseAddress, bytes.count, Socket.flags)
        #else
        Musl.send(handle, bytes.baseAddress, bytes.count, Socket.flags)
        #endif
    }

    private func sendAll(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
        let count = min(pieces.count, Socket.maximumPieces)
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) { vectors in
            for index in 0..<count {
                let piece = pieces[index]
                let vector = iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress),
                    iov_len: piece.count
                )
                vectors.initializeElement(at: index, to: vector)
            }
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = .init(count)
            return sendmsg(handle, &message, Socket.flags)
        }
    }
}
