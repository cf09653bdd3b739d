public import NIOCore

extension ByteBuffer {
    /// Bytes as they are printed, like `0f 22`.
    init(hex: String) {
        self.init(bytes: hex.split(separator: " ").compactMap { UInt8($0, radix: 16) })
    }

    /// The readable bytes, like `0f 22`.
    var hex: String {
        readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    /// The readable bytes as text.
    var text: String { String(buffer: self) }

    /// The readable bytes.
    var array: [UInt8] { Array(readableBytesView) }
}

extension ByteBuffer: @retroactive ExpressibleByStringLiteral, @retroactive ExpressibleByUnicodeScalarLiteral,
    @retroactive ExpressibleByExtendedGraphemeClusterLiteral
{
    /// The text in UTF-8.
    public init(stringLiteral text: String) { self.init(string: text) }
}
