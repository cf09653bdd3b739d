public import ChorusCore

/// A network of addresses whose word about the client's address is believed.
public struct TrustedProxy: Sendable, Hashable {
    private let network: [UInt8]
    private let bits: Int

    /// Parses `10.1.2.3`, `10.0.0.0/8` or `fd00::/8`. Throws ``ChorusError/Code/invalidConfiguration``.
    public init(_ text: String) throws(ChorusError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0])?.bytes else {
            throw ChorusError(.invalidConfiguration, "\(text) is not an address or a network such as 10.0.0.0/8")
        }
        let bits = parts.count == 1 ? address.count * 8 : Int(parts[1]) ?? -1
        guard (0...address.count * 8).contains(bits) else {
            throw ChorusError(.invalidConfiguration, "\(text) has no usable number of bits after the /")
        }
        self.network = address
        self.bits = bits
    }

    package func contains(_ address: String) -> Bool {
        guard let bytes = IPAddress(address)?.bytes, bytes.count == network.count else { return false }
        for bit in 0..<bits {
            let mask = UInt8(0x80) >> (bit % 8)
            if (bytes[bit / 8] & mask) != (network[bit / 8] & mask) { return false }
        }
        return true
    }

    /// The client's address as the trusted proxies saw it: the last entry of `X-Forwarded-For` that is not one of them.
    package static func client(peer: String, forwarded: [String], proxies: [TrustedProxy]) -> String {
        var client = peer
        var rest = forwarded.flatMap { $0.split(separator: ",") }.map { String($0).trimmed }[...]
        while proxies.contains(where: { $0.contains(client) }), let next = rest.popLast(), IPAddress(next) != nil {
            client = next
        }
        return client
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
