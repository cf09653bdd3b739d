package import NIOCore

/// What the bench publishes: a mark, of which run, topic and publisher it is, its number and its time, all in
/// hexadecimal digits, and then what fills it up. Text that needs no escaping, so that any relay takes it, also within
/// JSON, and it is found wherever a relay puts it.
package struct BenchMessage: Equatable {
    /// To which of the run's topics it was published.
    package var topic: Topic
    /// Which of the topic's publishers sent it, from 0.
    package var publisher: UInt32
    /// From 1; 0 asks whether a connection receives anything yet.
    package var number: UInt64
    /// When it was sent or, at a given rate, when it should have been: nanoseconds of this machine's clock.
    package var time: UInt64

    /// In bytes.
    package static let minimumSize = 64

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

    /// A topic's number as it stands in a message: compared, but not read, for each delivery.
    package struct Topic: Sendable, Equatable {
        let digits: UInt64

        /// The topic with this number.
        package init(_ number: UInt32) {
            digits = hexadecimal(number)
        }

        fileprivate init(digits: UInt64) {
            self.digits = digits
        }
    }

    /// Appends the bytes of a message, to be changed in place for each one that is sent.
    package static func write(
        size: Int,
        mark: Mark,
        topic: Topic,
        publisher: UInt32,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeMultipleIntegers(Mark.mark, mark.run, topic.digits, hexadecimal(publisher))
        buffer.writeRepeatingByte(UInt8(ascii: "0"), count: minimumSize - 32)
        buffer.writeRepeatingByte(UInt8(ascii: "x"), count: max(0, size - minimumSize))
    }

    /// Puts number and time into the message that begins at `start`.
    package static func fill(_ buffer: inout ByteBuffer, at start: Int, number: UInt64, time: UInt64) {
        buffer.setInteger(hexadecimal(UInt32(truncatingIfNeeded: number >> 32)), at: start + 32)
        buffer.setInteger(hexadecimal(UInt32(truncatingIfNeeded: number)), at: start + 40)
        buffer.setInteger(hexadecimal(UInt32(truncatingIfNeeded: time >> 32)), at: start + 48)
        buffer.setInteger(hexadecimal(UInt32(truncatingIfNeeded: time)), at: start + 56)
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
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + at, as: UInt64.self))
        }
        topic = Topic(digits: word(16))
        publisher = UInt32(number32(word(24)))
        number = number32(word(32)) << 32 | number32(word(40))
        time = number32(word(48)) << 32 | number32(word(56))
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
