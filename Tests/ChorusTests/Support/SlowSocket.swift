import ChorusTesting

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A blocking socket that reads as little at a time as it is told to, on a thread of its own.
final class SlowSocket: Sendable {
    private let handle: Int32

    /// Connects to a port of this machine.
    ///
    /// - Parameter receiveBuffer: what the kernel takes in for a client that does not read. The segments are kept small, or
    ///   a window smaller than one would make the connection crawl.
    init(port: Int, receiveBuffer: Int32) throws {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        handle = socket(AF_INET, stream, 0)
        var size = receiveBuffer
        setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var segment: Int32 = 536
        setsockopt(handle, Int32(IPPROTO_TCP), TCP_MAXSEG, &segment, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let handle = handle
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw TestFailure("cannot connect: errno \(errno)") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(handle) }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(handle, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw TestFailure("cannot send: errno \(errno)") }
            rest.removeFirst(count)
        }
    }

    /// The same after up to half a millisecond.
    func readAfterAWhile(_ count: Int) throws -> [UInt8] {
        usleep(.random(in: 0...500))
        return try read(count)
    }

    /// What has come, at most `count` bytes; waits for the first. Empty at the end.
    func read(_ count: Int) throws -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, size in
            size = max(0, recv(handle, buffer.baseAddress, count, 0))
        }
        return bytes
    }
}
