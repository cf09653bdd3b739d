package import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system calls that Chorus makes on a connection's socket past NIO.
///
/// The handle belongs to NIO, which closes it: use it only while the channel is active, on its event loop.
package struct Socket {
    package let handle: NIOBSDSocket.Handle

    package init(handle: NIOBSDSocket.Handle) { self.handle = handle }

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

extension Socket {
    /// Keeps what the kernel holds unsent below this many bytes: the kernel is the queue that nobody sees.
    private static let notSentLowWater: Int32 = 64 << 10

    /// Sets `TCP_NOTSENT_LOWAT`. Sockets that have no such option (Unix) are bounded by their send buffer.
    func keepsQueueShort() {
        #if canImport(Darwin)
        set(TCP_NOTSENT_LOWAT, to: Socket.notSentLowWater)
        #else
        set(25, to: Socket.notSentLowWater)  // TCP_NOTSENT_LOWAT of <linux/tcp.h>, which Glibc's module leaves out
        #endif
    }

    /// Lets the kernel break the connection when the client has taken nothing of what it was sent for so long
    /// (`TCP_USER_TIMEOUT`, RFC 5482). A client from which nothing is read cannot be found silent otherwise.
    func givesUp(after time: TimeAmount) {
        let milliseconds = Int32(clamping: max(1, time.nanoseconds / 1_000_000))
        #if canImport(Darwin)
        set(TCP_RXT_CONNDROPTIME, to: max(1, milliseconds / 1000))
        #else
        set(18, to: milliseconds)  // TCP_USER_TIMEOUT of <linux/tcp.h>
        #endif
    }

    private func set(_ option: Int32, to value: Int32) {
        var value = value
        _ = setsockopt(handle, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
