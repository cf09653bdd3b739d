public import NIOCore

/// Deltas in the format of the Fossil version control system: how one payload is made from the one before.
///
/// A delta is text: the target's size and a line feed; then any number of `LENGTH@OFFSET,` (copy from the source) and
/// `LENGTH:BYTES` (the bytes themselves); then `CHECKSUM;` (of the target). Numbers have 32 bits and are written in
/// base 64, the highest digit first; the digits are `0`–`9`, `A`–`Z`, `_`, `a`–`z`, `~`. The checksum is the sum of
/// the target's big-endian 32-bit words, the last one filled up with zeros.
public enum FossilDelta {
    /// The delta that makes `target` of `source`.
    ///
    /// If the target is UTF-8, what is copied begins and ends between its characters: so the delta is UTF-8 too, and
    /// can be sent as a JSON string. It is never longer than the target by more than 21 bytes, and worth sending only
    /// when it is shorter. Making it takes time in proportion to the two sizes, whatever is in them.
    public static func encode(from source: ByteBuffer, to target: ByteBuffer) -> ByteBuffer {
        target.withUnsafeReadableBytes { target in
            source.withUnsafeReadableBytes { source in
                var encoder = FossilEncoder(source: source, target: target)
                return encoder.encode()
            }
        }
    }

    /// Makes the target of `delta`, of which nothing is believed: the checksum must be that of the result.
    ///
    /// - Parameter maximumSize: the largest target that is made, in bytes. A few bytes of a delta copy all of a source.
    public static func apply(
        _ delta: ByteBuffer,
        to source: ByteBuffer,
        maximumSize: Int = 64 << 20
    ) throws(FossilDeltaError) -> ByteBuffer {
        var rest = delta
        var target = ByteBuffer()
        let size = Int(try rest.readFossilNumber())
        guard rest.readInteger() == UInt8(ascii: "\n") else { throw FossilDeltaError("the size does not end") }
        guard size <= maximumSize else { throw FossilDeltaError("the target would be too large") }
        while true {
            let number = try rest.readFossilNumber()
            switch rest.readInteger(as: UInt8.self) {
            case UInt8(ascii: "@"):
                let offset = Int(try rest.readFossilNumber())
                guard rest.readInteger() == UInt8(ascii: ",") else { throw FossilDeltaError("a copy does not end") }
                guard let part = source.getSlice(at: source.readerIndex + offset, length: Int(number)) else {
                    throw FossilDeltaError("a copy of what the source does not have")
                }
                target.writeImmutableBuffer(part)
            case UInt8(ascii: ":"):
                guard let part = rest.readSlice(length: Int(number)) else {
                    throw FossilDeltaError("the delta ends within an insertion")
                }
                target.writeImmutableBuffer(part)
            case UInt8(ascii: ";"):
                guard rest.readableBytes == 0 else { throw FossilDeltaError("something follows the checksum") }
                guard target.readableBytes == size else { throw FossilDeltaError("the target has another size") }
                guard target.withUnsafeReadableBytes(checksum) == number else {
                    throw FossilDeltaError("the target has another checksum")
                }
                return target
            default: throw FossilDeltaError("neither a copy, an insertion nor the end")
            }
            guard target.readableBytes <= size else { throw FossilDeltaError("the target has another size") }
        }
    }

    /// The sum of the 32-bit words, big-endian.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum: UInt32 = 0
        var index = 0
        while index + 4 <= bytes.count {
            sum &+= UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            index += 4
        }
        for (place, byte) in bytes[index...].enumerated() { sum &+= UInt32(byte) << (24 - 8 * UInt32(place)) }
        return sum
    }
}

/// A delta cannot be applied.
public struct FossilDeltaError: Error, Hashable {
    /// What is wrong with it.
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}
