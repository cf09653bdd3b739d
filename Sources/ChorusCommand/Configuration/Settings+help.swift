import ArgumentParser
import Configuration

extension Settings {
    /// What `--help` says of an option that stands for a setting.
    ///
    /// - Parameter valueName: what its value is called, if not after its type.
    static func help(_ flag: String, valueName: String? = nil) -> ArgumentHelp {
        guard let setting = table.first(where: { $0.about.flag == flag }) else {
            preconditionFailure("no setting has the option \(flag)")
        }
        var text = setting.about.purpose
        if setting.about.isList { text += " May be repeated." }
        if let standard = setting.standard, standard != "[]", standard != "false", standard != "true" {
            text += " (default: \(standard.trimmingQuotes))"
        }
        let type: String? =
            switch setting.asked {
            case [.double, .string]: "time"
            case [.int, .string]: "bytes"
            default: nil
            }
        return ArgumentHelp("\(text)", valueName: valueName ?? type)
    }
}

extension Setting<Settings> {
    /// The default as JSON; `nil` if there is none.
    var standard: String? { self.get(Settings()) }
}

extension String {
    /// Without the quotes of a JSON string.
    var trimmingQuotes: String {
        hasPrefix("\"") && hasSuffix("\"") && count > 1 ? String(dropFirst().dropLast()) : self
    }
}
