import Configuration
import JSONWire
import NIOCore

/// What the value of a setting can be: how sources are asked for it, what of that makes sense, and how it is written.
struct SettingType<Value: Sendable>: Sendable {
    /// In words, behind "is not": `a whole number from 0 to 65535`.
    let meaning: String
    /// The fields of a JSON Schema (2020-12) that allows it, and perhaps more.
    let schema: String
    /// As what a source is asked for it; the first that it has counts.
    let asked: [ConfigType]
    /// `nil` for what makes no sense.
    let read: @Sendable (ConfigContent) -> Value?
    /// As JSON; `nil` when there is no value.
    let write: @Sendable (Value) -> String?
}

extension SettingType where Value == String {
    /// - Parameters:
    ///   - meaning: in words.
    ///   - isValid: which texts make sense.
    static func text(
        _ meaning: String = "a text",
        where isValid: @escaping @Sendable (String) -> Bool = { _ in true }
    )
        -> SettingType
    {
        SettingType(meaning: meaning, schema: #""type": "string""#, asked: [.string]) { content in
            if case .string(let text) = content, isValid(text) { text } else { nil }
        } write: {
            $0.json
        }
    }
}

extension SettingType where Value == [String] {
    /// - Parameters:
    ///   - meaning: in words.
    ///   - isValid: which elements make sense.
    static func texts(_ meaning: String, where isValid: @escaping @Sendable (String) -> Bool) -> SettingType {
        SettingType(
            meaning: meaning,
            schema: #""type": "array", "items": {"type": "string"}"#,
            asked: [.stringArray]
        ) { content in
            if case .stringArray(let texts) = content, texts.allSatisfy(isValid) { texts } else { nil }
        } write: { texts in
            "[" + texts.map(\.json).joined(separator: ", ") + "]"
        }
    }
}

extension SettingType where Value == Bool {
    static var flag: SettingType {
        SettingType(meaning: "true or false", schema: #""type": "boolean""#, asked: [.bool]) { content in
            if case .bool(let flag) = content { flag } else { nil }
        } write: {
            "\($0)"
        }
    }
}

extension SettingType where Value == Int {
    static func count(from least: Int = 1, to most: Int = .max) -> SettingType {
        let isBounded = most < .max
        return SettingType(
            meaning: "a whole number " + (isBounded ? "from \(least) to \(most)" : "of at least \(least)"),
            schema: #""type": "integer", "minimum": \#(least)"# + (isBounded ? #", "maximum": \#(most)"# : ""),
            asked: [.int]
        ) { content in
            if case .int(let count) = content, (least...most).contains(count) { count } else { nil }
        } write: {
            "\($0)"
        }
    }
}

extension SettingType {
    /// One of some words.
    static func choice(_ choices: KeyValuePairs<String, Value>) -> SettingType where Value: Hashable {
        let names = choices.map(\.key)
        let values = Dictionary(choices.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return SettingType(
            meaning: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""),
            schema: #""enum": ["# + names.map(\.json).joined(separator: ", ") + "]",
            asked: [.string]
        ) { content in
            if case .string(let name) = content { values[name] } else { nil }
        } write: { value in
            values.first { $0.value == value }?.key.json
        }
    }

    /// The same as another type, or nothing.
    static func optional<Wrapped>(_ type: SettingType<Wrapped>) -> SettingType where Value == Wrapped? {
        SettingType(meaning: type.meaning, schema: type.schema, asked: type.asked) { content in
            type.read(content).map { .some($0) }
        } write: {
            $0.flatMap(type.write)
        }
    }
}

extension StringProtocol {
    /// As a JSON string.
    var json: String {
        var out = ByteBuffer()
        out.writeJSONString(utf8)
        return String(buffer: out)
    }
}
