/// The four bytes that a client's payload is combined with (RFC 6455 section 5.3), turned so that the first one
/// belongs to the next byte of the payload.
struct FrameMask: Sendable {
    /// The first mask byte in the lowest bits, whatever the byte order of the machine.
    private var key: UInt32

    /// The mask that changes nothing.
    static let none = FrameMask(key: 0)

    private init(key: UInt32) {
        self.key = key
    }

    /// The mask as it was loaded from the frame, in the order of memory.
    init(wire: UInt32) {
        self.key = UInt32(littleEndian: wire)
    }

    /// The mask as a number whose most significant byte is sent first.
    init(bigEndian mask: UInt32) {
        self.key = mask.byteSwapped
    }

    /// Copies all of `source` to the start of `target` and masks (or unmasks, it is the same) on the way, eight
    /// bytes at a time. Afterwards the mask is turned to what follows. `target` must have the room.
    mutating func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        guard key != 0 else {
            target.copyMemory(from: source)
            return
        }
        let wide = UInt64(key) << 32 | UInt64(key)
        let count = source.count
        var offset = 0
        while count - offset >= 8 {
            let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            target.storeBytes(of: (word ^ wide).littleEndian, toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        // A multiple of eight bytes is done, so the rest begins with the first mask byte again.
        while offset < count {
            target[offset] = source[offset] ^ UInt8(truncatingIfNeeded: key)
            key = key >> 8 | key << 24
            offset += 1
        }
    }
}
