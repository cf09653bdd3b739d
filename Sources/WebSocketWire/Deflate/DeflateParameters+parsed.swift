extension DeflateParameters {
    /// The parameters of one permessage-deflate offer or answer, each known, valid and given at most once.
    struct Parsed {
        /// A window as it was given.
        enum Window: Equatable {
            case absent
            /// The name alone, as browsers offer `client_max_window_bits`.
            case anySize
            case bits(Int)

            /// 15 is what there is without a limit.
            var limit: Int {
                if case .bits(let bits) = self { bits } else { 15 }
            }
        }

        private(set) var serverTakesNoContext = false
        private(set) var clientTakesNoContext = false
        private(set) var serverWindow = Window.absent
        private(set) var clientWindow = Window.absent

        /// Nil for another extension, an unknown parameter, a duplicate or a bad value.
        init?(_ element: ExtensionOffer) {
            guard element.name.equalsIgnoringCase(DeflateParameters.extensionName) else { return nil }
            for parameter in element.parameters {
                let isTaken =
                    switch parameter.name {
                    case "server_no_context_takeover": Self.take(&serverTakesNoContext, parameter)
                    case "client_no_context_takeover": Self.take(&clientTakesNoContext, parameter)
                    case "server_max_window_bits": Self.take(&serverWindow, parameter)
                    case "client_max_window_bits": Self.take(&clientWindow, parameter)
                    default: false
                    }
                guard isTaken else { return nil }
            }
        }

        private static func take(_ flag: inout Bool, _ parameter: ExtensionOffer.Parameter) -> Bool {
            guard !flag, parameter.value == nil else { return false }
            flag = true
            return true
        }

        private static func take(_ window: inout Window, _ parameter: ExtensionOffer.Parameter) -> Bool {
            guard window == .absent else { return false }
            guard let value = parameter.value else {
                window = .anySize
                return true
            }
            // A decimal number without leading zeros (RFC 7692 section 7.1.2), which this comparison also ensures.
            guard let bits = (8...15).first(where: { String($0) == value }) else { return false }
            window = .bits(bits)
            return true
        }
    }
}
