import Testing
import WebSocketWire

@Suite("UTF-8 validator")
struct UTF8ValidatorTests {
    static let valid: [[UInt8]] = [
        [],
        Array("plain ASCII that is longer than a word".utf8),
        Array("κόσμε, €, 😀, \u{10FFFF}, \u{FFFF}, \u{0}".utf8),
        [0xC2, 0x80], [0xDF, 0xBF],
        [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
        [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]

    /// Bytes, and the index of the first one that cannot be.
    static let invalid: [([UInt8], Int)] = [
        ([0x80], 0), ([0xBF], 0), ([0xC0], 0), ([0xC1], 0), ([0xF5], 0), ([0xFE], 0), ([0xFF], 0),
        ([0xC2, 0x7F], 1), ([0xC2, 0xC0], 1), ([0xC2, 0x41], 1),
        ([0xE0, 0x9F], 1), ([0xED, 0xA0], 1), ([0xEF, 0xBF, 0xC0], 2), ([0xE1, 0x41], 1),
        ([0xE0, 0x9F, 0x80], 1), ([0xED, 0xA0, 0x80], 1), ([0xF0, 0x8F, 0x80, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1),
        ([0xF0, 0x8F], 1), ([0xF4, 0x90], 1), ([0xF1, 0x80, 0x41], 2), ([0xF1, 0x80, 0x80, 0x7F], 3),
        (Array("12345678".utf8) + [0x80], 8), (Array("1234567".utf8) + [0xFF] + Array("abcdefgh".utf8), 7),
        ([0xE2, 0x82, 0xAC, 0x80], 3),
    ]

    private func validate(_ pieces: [[UInt8]]) -> (isValid: Bool, isComplete: Bool) {
        var validator = UTF8Validator()
        for piece in pieces {
            guard piece.withUnsafeBytes({ validator.validate($0) }) else { return (false, false) }
        }
        return (true, validator.isComplete)
    }

    @Test("valid text, whole, in halves and byte by byte", arguments: valid)
    func accepts(_ bytes: [UInt8]) {
        #expect(validate([bytes]) == (true, true))
        #expect(validate(bytes.map { [$0] }) == (true, true))
        for cut in 0...bytes.count {
            #expect(validate([Array(bytes[..<cut]), Array(bytes[cut...])]) == (true, true))
        }
    }

    @Test("fails at the first byte that cannot be", arguments: invalid)
    func refuses(_ bytes: [UInt8], badAt: Int) {
        #expect(!validate([bytes]).isValid)
        #expect(validate(bytes.prefix(badAt).map { [$0] }).isValid)
        #expect(!validate(bytes.prefix(badAt + 1).map { [$0] }).isValid)
        #expect(!validate([bytes + Array("more text".utf8)]).isValid)
    }

    @Test("every text of two bytes, against the standard library")
    func allPairs() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max where first >= 0x80 || second >= 0x80 {
                let result = validate([[first, second]])
                guard (result.isValid && result.isComplete) == ReferenceUTF8.isValid([first, second]) else {
                    Issue.record("\([first, second].hex)")
                    return
                }
            }
        }
    }

    @Test("a text that ends within a character is not complete")
    func incomplete() {
        #expect(validate([[0xE2]]) == (true, false))
        #expect(validate([[0xE2, 0x82]]) == (true, false))
        #expect(validate([[0xF0, 0x9F, 0x98]]) == (true, false))
        #expect(validate([[0xF0, 0x9F, 0x98], [0x80]]) == (true, true))
    }
}
