/// The tables of settings in the documentation.
package enum SettingReference {
    /// A table in Markdown of all settings of a file.
    package static var settings: String {
        table(
            SettingTree.file.settings.map { about, standard in
                let names = [about.flag, about.variable].compactMap { $0.map { "`\($0)`" } }.joined(separator: " ")
                return (about, standard, names)
            }
        )
    }

    private static func table(_ rows: [(about: SettingDescription, standard: String?, names: String)]) -> String {
        let lines = rows.map { about, standard, names in
            let standard = about.isSecret || standard == nil ? "" : "`\(standard ?? "")`"
            let live = about.isLive ? "" : "restart"
            return
                "| `\(about.key)` | \(standard) | \(names) | \(live) | \(about.purpose.replacing("|", with: "\\|")) |"
        }
        return (["| setting | default | option, variable | | what for |", "|---|---|---|---|---|"] + lines)
            .joined(separator: "\n")
    }
}
