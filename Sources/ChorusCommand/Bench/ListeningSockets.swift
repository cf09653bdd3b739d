package import NIOCore

/// Who listens at an address, by what Linux says in `/proc/net`.
package struct ListeningSockets {
    private let address: SocketAddress
    private let isOfThisMachine: Bool

    /// - Parameter isOfThisMachine: whether `address` is one of this machine; by default as its network devices say.
    package init(_ address: SocketAddress, isOfThisMachine: Bool? = nil) {
        self.address = address
        self.isOfThisMachine = isOfThisMachine ?? Self.isOfThisMachine(address)
    }

    /// The sockets' numbers (inodes) out of `/proc/net/tcp`, `tcp6` and `unix`. Those that listen at the very address
    /// are preferred to those that listen at all addresses. Several where processes share the port.
    package func inodes(tcp: String, tcp6: String, unix: String) -> Set<UInt64> {
        switch address {
        case .unixDomainSocket:
            return Set(Self.rows(unix).compactMap { unixInode($0) })
        case .v4:
            let digits = digits(4..<8)
            let anywhere = String(repeating: "0", count: 8)
            let mapped = String(repeating: "0", count: 16) + Self.prefixOfMapped
            return firstOf([
                (tcp, digits), (tcp6, mapped + digits), (tcp, anywhere), (tcp6, String(repeating: "0", count: 32)),
            ])
        case .v6:
            return firstOf([(tcp6, digits(8..<24)), (tcp6, String(repeating: "0", count: 32))])
        }
    }

    /// `::ffff:0:0`, with the bytes of each word as they are in memory.
    private static var prefixOfMapped: String {
        withUnsafeBytes(of: UInt32(0xFFFF).bigEndian) { hexadecimal($0.load(as: UInt32.self)) }
    }

    /// The sockets of the first of these places at which somebody listens.
    private func firstOf(_ places: [(table: String, digits: String)]) -> Set<UInt64> {
        // Who listens at all addresses of another machine has nothing to do with this one.
        guard isOfThisMachine, let port = address.port else { return [] }
        let portDigits = Self.padded(String(port, radix: 16, uppercase: true), to: 4)
        for (table, digits) in places {
            let inodes = Self.rows(table).compactMap { columns -> UInt64? in
                // 0A is "listens"
                guard columns.count > 9, columns[1] == "\(digits):\(portDigits)", columns[3] == "0A" else { return nil }
                return UInt64(columns[9])
            }
            if !inodes.isEmpty { return Set(inodes) }
        }
        return []
    }

    private func unixInode(_ columns: [Substring]) -> UInt64? {
        // the flag is "accepts connections"
        guard columns.count == 8, columns[3] == "00010000", columns[7] == address.pathname ?? "" else { return nil }
        return UInt64(columns[6])
    }

    private static func rows(_ table: String) -> [[Substring]] {
        table.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
    }

    /// The words of the address as the kernel prints them: numbers of this machine.
    ///
    /// - Parameter range: where the address is in a `sockaddr_in` or `sockaddr_in6`.
    private func digits(_ range: Range<Int>) -> String {
        address.withSockAddr { socketAddress, size in
            let bytes = UnsafeRawBufferPointer(start: socketAddress, count: size)
            return stride(from: range.lowerBound, to: min(range.upperBound, size), by: 4)
                .map { Self.hexadecimal(bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)) }
                .joined()
        }
    }

    private static func hexadecimal(_ word: UInt32) -> String {
        padded(String(word, radix: 16, uppercase: true), to: 8)
    }

    private static func padded(_ text: String, to length: Int) -> String {
        String(repeating: "0", count: length - text.count) + text
    }

    private static func isOfThisMachine(_ address: SocketAddress) -> Bool {
        guard let text = address.ipAddress else { return true }
        if text == "::1" || text.hasPrefix("127.") { return true }
        let devices = (try? System.enumerateDevices()) ?? []
        return devices.contains { $0.address?.ipAddress == text }
    }
}
