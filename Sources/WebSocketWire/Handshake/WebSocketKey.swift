import Crypto

/// The `Sec-WebSocket-Key` of a handshake (RFC 6455 section 4.1): sixteen random bytes in base64.
struct WebSocketKey: Sendable {
    /// As it is sent.
    let text: String

    /// Nil unless `text` is the base64 of sixteen bytes.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count == 24, bytes.suffix(2).allSatisfy({ $0 == UInt8(ascii: "=") }),
            bytes.prefix(22).allSatisfy({ $0.isBase64Character })
        else { return nil }
        self.text = text
    }

    init(bytes: SIMD16<UInt8>) {
        text = withUnsafeBytes(of: bytes) { base64($0) }
    }

    /// What the server has to answer (RFC 6455 section 4.2.2): it proves that it understood the request, and is no
    /// secret, for which SHA-1 would be too weak.
    var accept: String {
        var hash = Insecure.SHA1()
        var proof = text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        proof.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { base64($0) }
    }
}

/// RFC 4648 section 4, with padding.
func base64(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
        var count = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let size = min(3, bytes.count - start)
            var bits: UInt32 = 0
            for index in 0..<size { bits |= UInt32(bytes[start + index]) << (16 - 8 * UInt32(index)) }
            for digit in 0..<4 {
                text[count] = digit > size ? UInt8(ascii: "=") : base64Digit(bits >> (18 - 6 * UInt32(digit)) & 0x3F)
                count += 1
            }
        }
        return count
    }
}

private func base64Digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
}

extension UInt8 {
    fileprivate var isBase64Character: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: isDigit
        }
    }
}
