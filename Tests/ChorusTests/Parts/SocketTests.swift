import Chorus
import ChorusTesting
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite("Writing straight to a socket")
struct SocketTests {
    /// Two connected sockets, closed with the object.
    private final class Pair {
        let handles: [Int32]
        var socket: Socket { Socket(handle: handles[0]) }

        init() throws {
            var handles: [Int32] = [-1, -1]
            #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
            #else
            let stream = SOCK_STREAM
            #endif
            guard socketpair(AF_UNIX, stream, 0, &handles) == 0 else { throw TestFailure("no sockets: \(errno)") }
            self.handles = handles
        }

        deinit { for handle in handles { close(handle) } }

        func read(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { $1 = max(0, recv(handles[1], $0.baseAddress, count, 0)) }
        }
    }

    private func write(_ pieces: [[UInt8]], to socket: Socket) -> Socket.Outcome {
        let all = pieces.flatMap { $0 }
        return all.withUnsafeBytes { bytes in
            var start = 0
            let parts = pieces.map { piece in
                defer { start += piece.count }
                return UnsafeRawBufferPointer(rebasing: bytes[start..<start + piece.count])
            }
            return parts.withUnsafeBufferPointer { socket.write($0) }
        }
    }

    @Test("one piece and several arrive as they are, more than the system takes in one call only in part")
    func pieces() throws {
        let pair = try Pair()
        #expect(write([[1, 2, 3]], to: pair.socket) == .taken(3))
        #expect(write([[4], [5, 6], [7]], to: pair.socket) == .taken(4))
        #expect(pair.read(100) == [1, 2, 3, 4, 5, 6, 7])
        #expect(write((0..<1100).map { [UInt8(truncatingIfNeeded: $0)] }, to: pair.socket) == .taken(1024))
        #expect(pair.read(2000) == (0..<1024).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test("a full socket takes nothing and is not broken; one whose other end has gone is", arguments: [1, 3])
    func full(_ count: Int) throws {
        let pair = try Pair()
        let pieces = Array(repeating: [UInt8](repeating: 7, count: 4096), count: count)
        var taken = 0
        while case .taken(let bytes) = write(pieces, to: pair.socket), bytes > 0 { taken += bytes }
        #expect(taken > 0)
        #expect(write(pieces, to: pair.socket) == .taken(0))
        shutdown(pair.handles[1], Int32(SHUT_RDWR))
        #expect(write(pieces, to: pair.socket) == .failed)
    }
}
