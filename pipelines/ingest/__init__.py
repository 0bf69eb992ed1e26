"""From what a spider or a person brought in to stored listings, assessments and leads."""
