import Foundation
import FuzzSupport
import JSONWire
import NIOCore
import Testing

/// Random texts, most of them nearly JSON, against the parser of Foundation.
@Suite("Fuzz: JSON")
struct JSONFuzzTests {
    private static let inputs = Fuzz.count(percent: 100, of: 20_000)

    @Test("takes what Foundation takes, and reads the same in it")
    func agrees() throws {
        var taken = 0
        for seed in Fuzz.seeds(Self.inputs) {
            var generator = JSONGenerator(seed: seed)
            let bytes = generator.text()
            let reference = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let value = try? JSONValue(ByteBuffer(bytes: bytes))
            if let value, let reference {
                taken += 1
                #expect(equal(value, reference), "CHORUS_FUZZ_SEED=\(seed): \(String(decoding: bytes, as: UTF8.self))")
                let compact = try JSONValue(value.compact)
                #expect(equal(compact, reference), "CHORUS_FUZZ_SEED=\(seed), compact")
                #expect(compact.compact == compact.text, "CHORUS_FUZZ_SEED=\(seed), compact again")
            } else if (value == nil) != (reference == nil), !JSONGenerator.isKnownDifference(bytes) {
                Issue.record("CHORUS_FUZZ_SEED=\(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(taken > Self.inputs / 10)
    }

    private func equal(_ value: JSONValue, _ reference: Any) -> Bool {
        switch value.kind {
        case .null: return reference is NSNull
        case .bool: return reference as? Bool == value.bool
        case .number:
            guard let number = (reference as? NSNumber)?.doubleValue, let own = value.double else { return false }
            return number == own || abs(number - own) <= abs(own) * 1e-15
        case .string: return reference as? String == value.string
        case .array:
            guard let reference = reference as? [Any], let own = value.elements else { return false }
            return own.count == reference.count && zip(own, reference).allSatisfy { equal($0, $1) }
        case .object:
            guard let reference = reference as? [String: Any], let fields = value.fields else { return false }
            // of fields with one name either parser may choose
            guard Set(fields.map(\.name)).count == fields.count else { return true }
            return fields.count == reference.count
                && fields.allSatisfy { field in reference[field.name].map { equal(field.value, $0) } ?? false }
        }
    }
}

/// Texts that are JSON, and then perhaps a few bytes of them others.
private struct JSONGenerator {
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func text() -> [UInt8] {
        var bytes = Array(value(depth: 0).utf8)
        let others = Array(#"{}[],:"\ 0e-.u"#.utf8)
        dice.change(&bytes, dice.oneIn(2) ? 0 : dice.below(4)) { $0.oneIn(3) ? $0.byte() : $0.pick(others) }
        return bytes
    }

    private mutating func value(depth: Int) -> String {
        let space = dice.pick(["", "", "", " ", "\n\t"])
        let kind = dice.below(depth > 4 ? 5 : 7)
        let text =
            switch kind {
            case 0: "null"
            case 1: dice.oneIn(2) ? "true" : "false"
            case 2: dice.pick(["0", "-1", "12.5", "3e2", "-0.25E-3", "1234567"])
            case 3, 4: string()
            case 5: "[" + (0..<dice.below(4)).map { _ in value(depth: depth + 1) }.joined(separator: ",") + "]"
            default:
                "{"
                    + (0..<dice.below(4)).map { _ in string() + space + ":" + value(depth: depth + 1) }
                    .joined(separator: ",") + "}"
            }
        return space + text + space
    }

    private mutating func string() -> String {
        let parts = ["a", "é", "\u{1F600}", #"\n"#, #"\""#, #"\\"#, #"\u0041"#, #"\ud83d\ude00"#, " ", "]", "}"]
        return "\"" + (0..<dice.below(5)).map { _ in dice.pick(parts) }.joined() + "\""
    }

    /// What Foundation takes and RFC 8259 does not, or the other way round: other encodings than UTF-8 and a byte order
    /// mark, zero bytes, commas before the end, halves of surrogate pairs, and numbers beyond a `Double`.
    static func isKnownDifference(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let dense = text.filter { !$0.isWhitespace }
        if dense.contains(",]") || dense.contains(",}") { return true }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.contains(0) || bytes.count < 2
            || text.lowercased().contains(#"\u"#) || text.contains("e") || text.contains("E")
    }
}
