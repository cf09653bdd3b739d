import CentrifugeProtocol
import FuzzSupport
import NIOCore

/// Sources and targets that have something in common, and what is wrong with a delta between two.
enum DeltaGenerator {
    static func pair(_ dice: inout Dice) -> (source: [UInt8], target: [UInt8]) {
        let isText = dice.oneIn(2)
        let source = piece(&dice, isText: isText, dice.pick([0, 10, 40, 200, 2000]))
        var target: [UInt8] = []
        for _ in 0..<dice.below(5) {
            if dice.oneIn(3) || source.isEmpty {
                target += piece(&dice, isText: isText, dice.pick([1, 3, 20, 60]))
            } else {
                let part = source[dice.below(source.count)...].prefix(1 + dice.below(source.count))
                // parts of a text are texts
                target += isText ? Array(String(decoding: part, as: UTF8.self).utf8) : Array(part)
            }
        }
        return (source, target)
    }

    private static func piece(_ dice: inout Dice, isText: Bool, _ size: Int) -> [UInt8] {
        guard isText else { return dice.oneIn(4) ? [UInt8](repeating: 0x80, count: size) : dice.bytes(size) }
        let characters = dice.oneIn(3) ? ["a"] : ["a", "b", "é", "è", "€", "😀", "😁", "\n"]
        return (0..<size).flatMap { _ in Array(dice.pick(characters).utf8) }
    }

    /// What is wrong with the delta that makes `target` of `source`.
    static func complaint(_ source: [UInt8], _ target: [UInt8]) -> String? {
        let source = ByteBuffer(bytes: source)
        let target = ByteBuffer(bytes: target)
        let delta = FossilDelta.encode(from: source, to: target)
        guard (try? FossilDelta.apply(delta, to: source)) == target else { return "it makes something else" }
        if delta.readableBytes > target.readableBytes + 21 { return "it is too long" }
        let isText = String(validating: target.readableBytesView, as: UTF8.self) != nil
        if isText, String(validating: delta.readableBytesView, as: UTF8.self) == nil { return "it is not UTF-8" }
        return nil
    }
}
