/// Where a setting has its value from.
package enum SettingPlace: Hashable, Sendable, CustomStringConvertible {
    /// Nobody has said anything.
    case standard
    /// Line and column count from 1.
    case file(String, line: Int, column: Int)
    case environment(String)
    case flag(String)

    package var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .environment(let name): name
        case .flag(let name): name
        }
    }
}

/// What is wrong with a configuration: where, what was found, and what was meant.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let place: SettingPlace
    package let message: String

    package init(_ place: SettingPlace, _ message: String) {
        self.place = place
        self.message = message
    }

    package var description: String {
        if case .standard = place { message } else { "\(place): \(message)" }
    }
}
