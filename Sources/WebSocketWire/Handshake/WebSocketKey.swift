import Crypto

/// The `Sec-WebSocket-Key` of a handshake (RFC 6455 section 4.1): sixteen random bytes in base64.
struct WebSocketKey: Sendable {
    /// As it is sent.
    let text: String

    /// Nil unless `text` is the base64 of sixteen bytes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22...] == [UInt8(ascii: "="), UInt8(ascii: "=")],
            bytes[..<22].allSatisfy({ $0.isBase64Character })
        else { return nil }
        self.text = text
    }

    init(bytes: SIMD16<UInt8>) {
        text = base64(bytes.indices.map { bytes[$0] })
    }

    /// What the server has to answer (RFC 6455 section 4.2.2): it proves that it understood the request, and is no
    /// secret, for which SHA-1 would be too weak.
    var accept: String {
        let digest = Insecure.SHA1.hash(data: Array((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return base64(Array(digest))
    }
}

/// RFC 4648 section 4, with padding.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
        for digit in 0..<4 {
            let isPadding = digit > group.count
            text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 0x3F)])
        }
    }
    return String(decoding: text, as: UTF8.self)
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
