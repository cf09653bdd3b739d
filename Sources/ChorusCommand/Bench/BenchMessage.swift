package import NIOCore

/// What the bench publishes: a mark, who and which run it is from, its number and its time, all in hexadecimal digits,
/// and then what fills it up. Text, so that any relay takes it, and it is found wherever a relay puts it.
package struct BenchMessage: Equatable {
    /// Which of the run's publishers sent it, from 0.
    package var publisher: UInt32
    /// From 1; 0 asks whether a connection receives anything yet.
    package var number: UInt64
    /// When it was sent or, at a given rate, when it should have been: nanoseconds of this machine's clock.
    package var time: UInt64

    /// In bytes.
    package static let minimumSize = 56

    /// The first 16 bytes of every message of a run: `chorus~b` and eight digits.
    package struct Mark: Sendable, Equatable {
        static let mark = UInt64(
            bigEndian: Array("chorus~b".utf8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        )
        let run: UInt64

        /// The mark of the run with this number.
        package init(run: UInt32) {
            self.run = hexadecimal(run)
        }
    }

    /// The bytes of a message, to be changed in place for each one that is sent.
    package static func template(size: Int, mark: Mark, publisher: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(Mark.mark, mark.run, hexadecimal(publisher))
        buffer.writeRepeatingByte(UInt8(ascii: "0"), count: minimumSize - 24)
        buffer.writeRepeatingByte(UInt8(ascii: "x"), count: max(0, size - minimumSize))
        return buffer
    }

    /// Puts number and time into a template.
    package static func fill(_ template: inout ByteBuffer, number: UInt64, time: UInt64) {
        let start = template.readerIndex
        template.setInteger(hexadecimal(UInt32(truncatingIfNeeded: number >> 32)), at: start + 24)
        template.setInteger(hexadecimal(UInt32(truncatingIfNeeded: number)), at: start + 32)
        template.setInteger(hexadecimal(UInt32(truncatingIfNeeded: time >> 32)), at: start + 40)
        template.setInteger(hexadecimal(UInt32(truncatingIfNeeded: time)), at: start + 48)
    }

    /// The message in `bytes`, if there is one of this run. `offset` is where the last one was found, so that a relay
    /// that puts something in front is searched only once.
    package init?(_ bytes: UnsafeRawBufferPointer, _ mark: Mark, offset: inout Int) {
        if !Self.isAt(offset, bytes, mark) {
            let last = bytes.count - Self.minimumSize
            guard last >= 0, let found = (0...last).first(where: { Self.isAt($0, bytes, mark) }) else { return nil }
            offset = found
        }
        func word(_ at: Int) -> UInt64 {
            number32(UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + at, as: UInt64.self)))
        }
        publisher = UInt32(word(16))
        number = word(24) << 32 | word(32)
        time = word(40) << 32 | word(48)
    }

    private static func isAt(_ offset: Int, _ bytes: UnsafeRawBufferPointer, _ mark: Mark) -> Bool {
        offset + minimumSize <= bytes.count
            && bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian == Mark.mark
            && bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self).bigEndian == mark.run
    }
}

/// Eight digits of ASCII, the first one in the most significant byte.
private func hexadecimal(_ number: UInt32) -> UInt64 {
    var digits = UInt64(number)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 in each byte whose digit is a letter; those are 39 higher than they would be after `9`.
    let letters = ((digits + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return digits + 0x3030_3030_3030_3030 + letters * 39
}

/// The reverse, for what is known to be digits.
private func number32(_ text: UInt64) -> UInt64 {
    var digits = (text & 0x0F0F_0F0F_0F0F_0F0F) + 9 * ((text >> 6) & 0x0101_0101_0101_0101)
    digits = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
    return (digits | digits >> 16) & 0xFFFF_FFFF
}
