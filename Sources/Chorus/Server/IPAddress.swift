import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An IPv4 or IPv6 address as bytes.
package struct IPAddress: Hashable {
    /// 4 or 16 bytes, the most significant first.
    package let bytes: [UInt8]

    /// Parses the usual text forms; a zone (`%eth0`) is not allowed. IPv4 addresses mapped into IPv6 become IPv4.
    package init?(_ text: some StringProtocol) {
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(text), &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, String(text), &sixteen) == 1 {
            let isMapped = sixteen[..<10].allSatisfy { $0 == 0 } && sixteen[10] == 0xFF && sixteen[11] == 0xFF
            bytes = isMapped ? Array(sixteen[12...]) : sixteen
        } else {
            return nil
        }
    }

    /// 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
}

extension SocketAddress {
    /// A loopback address. A Unix socket is none: no page can make a name lead to it.
    var isLoopback: Bool { ipAddress.flatMap { IPAddress($0) }?.isLoopback ?? false }
}
