"""The machine under the lab: processes, folders, kernel and addresses."""
