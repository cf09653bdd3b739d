import ChorusCore
import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes into a socket whose other end nobody reads until it is told to: what a system call and its copy cost.
final class SocketTransport: BenchTransport {
    private var ends: (Int32, Int32) = (-1, -1)

    init() {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        var pair: [Int32] = [-1, -1]
        precondition(socketpair(AF_UNIX, kind, 0, &pair) == 0, "no socket; raise ulimit -n to 40,000")
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.0)
        close(ends.1)
    }

    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: pieces.count) { vectors in
            for (index, piece) in pieces.enumerated() {
                let start = UnsafeMutableRawPointer(mutating: piece.baseAddress)
                vectors.initializeElement(at: index, to: iovec(iov_base: start, iov_len: piece.count))
            }
            return .taken(max(0, writev(ends.0, vectors.baseAddress, Int32(vectors.count))))
        }
    }

    /// Takes everything off the other end; returns how much it was.
    func drain() -> Int {
        var count = 0
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            while true {
                let taken = recv(ends.1, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if taken <= 0 { return }
                count += taken
            }
        }
        return count
    }
}
