import type { InputInfo } from '../catalog/nodeDefinition';
import type { Json } from '../json';
import type { PythonError } from '../python';

/** One entry of a `node_errors[...].errors` list, and the shape of the top-level `error`. */
export interface Reason {
  type: string;
  message: string;
  details: string;
  extra_info: Record<string, unknown>;
}

const traceback = ['  File "execution.py", in validate_inputs\n'];

export function aboutInput(
  type: string,
  message: string,
  input: InputInfo,
  received: { value?: Json; details?: string } & Record<string, unknown>,
): Reason {
  const { value, details = input.name, ...more } = received;
  const quoted = value === undefined ? {} : { received_value: value };
  const extra = { input_name: input.name, input_config: input.config, ...quoted, ...more };
  return { type, message, details, extra_info: extra };
}

export function missingInput(name: string): Reason {
  return {
    type: 'required_input_missing',
    message: 'Required input is missing',
    // A dynamic input's own name is the last part.
    details: name.split('.').at(-1) ?? name,
    extra_info: { input_name: name },
  };
}

export function validationException(error: PythonError): Reason {
  return {
    type: 'exception_during_validation',
    message: 'Exception when validating node',
    details: error.message,
    extra_info: { exception_type: error.type, traceback },
  };
}

export function innerValidationException(
  error: PythonError,
  input: InputInfo,
  link: Json[],
): Reason {
  return {
    type: 'exception_during_inner_validation',
    message: 'Exception when validating inner node',
    details: error.message,
    extra_info: {
      input_name: input.name,
      input_config: input.config,
      exception_message: error.message,
      exception_type: error.type,
      traceback,
      linked_node: link,
    },
  };
}
