/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// The decoded text; `nil` for an incomplete escape or bytes that are not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The pairs of a query, percent-decoded, `+` as a space. What cannot be decoded is left out.
    package static func decodeQuery(_ query: some StringProtocol) -> [(name: String, value: String)] {
        query.split(separator: "&").compactMap { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { decode(String($0.map { $0 == "+" ? " " : $0 })) }
            guard let name = halves[0] else { return nil }
            guard halves.count == 2 else { return (name, "") }
            return halves[1].map { (name, $0) }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
