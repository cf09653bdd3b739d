import JSONWire
import NIOCore

/// What may stand at a place of a request or an answer, as far as JSON Schema (draft 2020-12) can say it.
indirect enum JSONSchema: Sendable {
    /// Whatever there is.
    case any
    case boolean
    case number
    /// A whole number.
    case integer(from: Int64? = nil)
    /// A text, by a regular expression (ECMA-262) that finds itself in it, and the most characters.
    case string(pattern: String? = nil, longest: Int? = nil)
    case array(of: JSONSchema)
    /// An object of any names.
    case map(of: JSONSchema)
    /// An object of these names; others may be there.
    case object([Property])
    /// An object that has one of these fields, and no other.
    case choice([Property])
    /// What fits one at least.
    case anyOf([JSONSchema])
    /// What the document says elsewhere, by its name there.
    case reference(String)
    /// Also `null`, which is as if nothing were there.
    case orNull(JSONSchema)

    /// A field of an object.
    struct Property: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
        let purpose: String

        /// A field that is always there.
        static func field(_ name: String, _ schema: JSONSchema, _ purpose: String) -> Property {
            Property(name: name, schema: schema, isRequired: true, purpose: purpose)
        }

        /// A field that may be missing.
        static func optional(_ name: String, _ schema: JSONSchema, _ purpose: String) -> Property {
            Property(name: name, schema: schema, isRequired: false, purpose: purpose)
        }
    }
}

extension JSONSchema {
    /// The schema itself.
    var json: ByteBuffer { .jsonObject { write(to: &$0) } }

    private func write(to object: inout JSONObjectWriter) {
        switch self {
        case .any: break
        case .boolean: object.field("type", "boolean")
        case .number: object.field("type", "number")
        case .integer(let least):
            object.field("type", "integer")
            if let least { object.field("minimum", least) }
        case .string(let pattern, let longest):
            object.field("type", "string")
            if let pattern { object.field("pattern", pattern) }
            if let longest { object.field("maxLength", longest) }
        case .array(let element):
            object.field("type", "array")
            object.field("items", json: element.json)
        case .map(let value):
            object.field("type", "object")
            object.field("additionalProperties", json: value.json)
        case .object(let properties): JSONSchema.write(properties, to: &object)
        case .choice(let properties):
            JSONSchema.write(properties.map { .optional($0.name, $0.schema, $0.purpose) }, to: &object)
            object.field("minProperties", 1)
            object.field("maxProperties", 1)
            object.field("additionalProperties", false)
        case .anyOf(let schemas): object.field("anyOf", elements: schemas.map(\.json))
        case .reference(let name): object.field("$ref", "#/components/schemas/\(name)")
        case .orNull(let schema):
            object.field("anyOf", elements: [schema.json, ByteBuffer(string: #"{"type":"null"}"#)])
        }
    }

    private static func write(_ properties: [Property], to object: inout JSONObjectWriter) {
        object.field("type", "object")
        let required = properties.filter(\.isRequired).map { property in
            var name = ByteBuffer()
            name.writeJSONString(property.name.utf8)
            return name
        }
        if !required.isEmpty { object.field("required", elements: required) }
        object.field(
            "properties",
            json: .jsonObject { object in
                for property in properties {
                    object.field(
                        property.name,
                        json: .jsonObject { field in
                            property.schema.write(to: &field)
                            if !property.purpose.isEmpty { field.field("description", property.purpose) }
                        }
                    )
                }
            }
        )
    }
}
