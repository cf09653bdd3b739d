import ChorusClient
import ChorusTesting
import Foundation

/// Any JSON value, to be compared with one that is written in Swift.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    /// Reads a JSON text.
    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// A field of an object.
    subscript(_ name: String) -> JSON? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    /// The elements of an array; none for other values.
    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The fields of an object; none for other values.
    var fields: [String: JSON] {
        if case .object(let fields) = self { fields } else { [:] }
    }

    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var int: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let elements = try? container.decode([JSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { $1 }) }
}

extension TestClient {
    /// The next message, which must be a text of JSON.
    func json() async throws -> JSON {
        let message = try await next()
        guard let text = message.text else { throw TestFailure("expected JSON, got a binary message") }
        return try JSON(parsing: text)
    }

    /// The next envelope that is no notice.
    func published() async throws -> JSON {
        while true {
            let json = try await json()
            if json["notice"] == nil { return json }
        }
    }

    /// The next notice of that name; other envelopes are passed over.
    func notice(_ name: String) async throws -> JSON {
        while true {
            let json = try await json()
            if json["notice"]?.string == name { return json }
        }
    }
}
