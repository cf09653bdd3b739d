import ChorusCommand
import Foundation
import Testing

@Suite("The schema of configurations")
struct ConfigurationSchemaTests {
    private let schema: [String: Any]

    init() throws {
        let object = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8))
        schema = try #require(object as? [String: Any])
    }

    private func allows(_ text: String) throws -> Bool {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
        return try SchemaCheck.allows(value, schema)
    }

    @Test("it allows what the server takes, and so does the server")
    func allowed() throws {
        for text in [
            "{}", #"{"$schema": "chorus.schema.json"}"#,
            #"{"listen": {"host": "::", "port": 0, "event_loops": 2}, "echo": true, "drain_time": 2.5}"#,
            #"{"drain_time": "250ms", "limits": {"message_size": "64KiB", "outbox_bytes": 100}}"#,
            #"{"origins": ["*"], "log_level": "debug", "topics": {"overflow": "resync", "history": {"age": "24h"}}}"#,
            #"{"namespaces": [{"name": "chat", "publishers": "authenticated", "window": {"messages": 5}}]}"#,
        ] {
            #expect(resolve(text).complaints.isEmpty, "\(text)")
            #expect(try allows(text), "\(text)")
        }
    }

    @Test("what it refuses the server refuses too")
    func refused() throws {
        for text in [
            "[]", #"{"ecko": true}"#, #"{"echo": 1}"#, #"{"listen": {"port": 65536}}"#, #"{"listen": {"port": -1}}"#,
            #"{"listen": {"port": "1"}}"#, #"{"listen": 5}"#, #"{"drain_time": "1d"}"#, #"{"drain_time": -1}"#,
            #"{"limits": {"message_size": "1KB"}}"#, #"{"limits": {"message_size": 0}}"#, #"{"log_level": "loud"}"#,
            #"{"origins": "*"}"#, #"{"origins": [1]}"#, #"{"namespaces": {}}"#, #"{"namespaces": [{}]}"#,
            #"{"namespaces": [{"name": "a:b"}]}"#, #"{"namespaces": [{"name": "a", "publishers": "me"}]}"#,
            #"{"namespaces": [{"name": "a", "port": 1}]}"#,
        ] {
            #expect(!resolve(text).complaints.isEmpty, "\(text)")
            #expect(try !allows(text), "\(text)")
        }
    }

    @Test("every default is allowed by its own schema")
    func defaults() throws {
        var count = 0
        func look(_ schema: [String: Any]) throws {
            if let standard = schema["default"] {
                count += 1
                #expect(try SchemaCheck.allows(standard, schema), "\(schema)")
            }
            for child in (schema["properties"] as? [String: [String: Any]] ?? [:]).values { try look(child) }
        }
        try look(schema)
        #expect(count > 55)
    }
}

/// As much of JSON Schema (2020-12) as the schema uses.
private enum SchemaCheck {
    private static let known: Set<String> = [
        "$schema", "title", "description", "default", "type", "enum", "minimum", "maximum", "minLength", "maxLength",
        "pattern", "items", "properties", "additionalProperties", "required",
    ]

    static func allows(_ value: Any, _ schema: [String: Any]) throws -> Bool {
        try #require(known.isSuperset(of: schema.keys), "a keyword that is not checked here: \(schema.keys)")
        if let types = schema["type"].map({ $0 as? [String] ?? [$0 as? String ?? ""] }) {
            guard types.contains(where: { isOf($0, value) }) else { return false }
        }
        if let choices = schema["enum"] as? [String] {
            guard let text = value as? String, choices.contains(text) else { return false }
        }
        if let text = value as? String { return try allows(text, schema) }
        if let object = value as? [String: Any] { return try allows(object, schema) }
        if let list = value as? [Any] {
            guard let items = schema["items"] as? [String: Any] else { return true }
            return try list.allSatisfy { try allows($0, items) }
        }
        if let number = value as? NSNumber, !isOf("boolean", value) {
            let bounds = (schema["minimum"] as? NSNumber, schema["maximum"] as? NSNumber)
            return number.doubleValue >= bounds.0?.doubleValue ?? -.infinity
                && number.doubleValue <= bounds.1?.doubleValue ?? .infinity
        }
        return true
    }

    private static func allows(_ text: String, _ schema: [String: Any]) throws -> Bool {
        guard text.count >= schema["minLength"] as? Int ?? 0, text.count <= schema["maxLength"] as? Int ?? .max else {
            return false
        }
        guard let pattern = schema["pattern"] as? String else { return true }
        return try text.firstMatch(of: Regex(pattern)) != nil
    }

    private static func allows(_ object: [String: Any], _ schema: [String: Any]) throws -> Bool {
        for name in schema["required"] as? [String] ?? [] where object[name] == nil { return false }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        return try object.allSatisfy { name, value in
            guard let property = properties[name] else { return schema["additionalProperties"] as? Bool ?? true }
            return try allows(value, property)
        }
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        let isFlag = (value as? NSNumber).map { CFBoolean.isOne($0) } ?? false
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return isFlag
        case "integer":
            return !isFlag && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": return !isFlag && value is NSNumber
        default: return false
        }
    }
}

private enum CFBoolean {
    /// Whether a number that JSON was read into was `true` or `false`.
    static func isOne(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
